// The shapes and values that every implementation of reductions is tested with.
#pragma once

#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include "kernels/reduce/reduce.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct ReduceCase {
  std::string name;
  ReduceShape shape;
  f32 center = 0;  // x is uniform in center ± 1
  i64 offset = 0;  // elements from an aligned address to the tensors
};

inline void PrintTo(ReduceCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<ReduceCase> reduce_cases() {
  return {{.name = "one", .shape = {1, 1, 1}},
          {.name = "no_results", .shape = {0, 5, 3}},
          {.name = "no_inner", .shape = {4, 5, 0}},
          {.name = "axis_of_one", .shape = {7, 1, 5}},
          {.name = "rows_odd", .shape = {13, 37, 1}},
          {.name = "rows_even", .shape = {21, 64, 1}, .center = 4},
          {.name = "rows_misaligned", .shape = {5, 64, 1}, .offset = 1},
          {.name = "rows_of_a_block", .shape = {3, 9000, 1}},
          {.name = "rows_of_a_block_odd", .shape = {2, 4111, 1}},
          {.name = "a_row_of_chunks", .shape = {1, 40008, 1}},
          {.name = "a_row_of_chunks_odd", .shape = {1, 20011, 1}},
          {.name = "columns_odd", .shape = {1, 37, 13}},
          {.name = "columns_even", .shape = {1, 300, 64}, .center = -2},
          {.name = "columns_of_chunks", .shape = {1, 1500, 24}},
          {.name = "columns_of_chunks_odd", .shape = {1, 3001, 3}},
          {.name = "columns_misaligned", .shape = {2, 50, 16}, .offset = 1},
          {.name = "matrices", .shape = {6, 49, 96}},
          {.name = "matrices_odd", .shape = {5, 11, 17}},
          {.name = "wide", .shape = {2, 3, 1200}}};
}

}  // namespace heddle::testing
