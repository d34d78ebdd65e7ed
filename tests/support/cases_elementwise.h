// Sizes that every elementwise and reducing kernel must take.
#pragma once

#include <array>

#include "kernels/core/types.h"

namespace heddle::testing {

/// Empty, below and beyond a vector, around the places where loops are cut and threads start.
inline constexpr std::array<i64, 10> element_counts = {0, 1, 7, 8, 33, 4095, 4097, 16385, 40961, 100003};

struct MatrixSize {
  i64 rows, columns;
};

/// [batch * p * q, c] of real networks, and odd ones.
inline constexpr std::array<MatrixSize, 10> matrix_sizes = {
    {{0, 5}, {5, 0}, {1, 1}, {1, 700}, {3, 257}, {2049, 3}, {128, 10}, {100000, 32}, {5000, 64}, {65, 1030}}};

}  // namespace heddle::testing
