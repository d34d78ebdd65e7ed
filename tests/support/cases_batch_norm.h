// The shapes and values that every implementation of batch normalisation is tested with.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "kernels/norm/batch_norm.h"

namespace heddle::testing {

struct BatchNormCase {
  std::string name;
  BatchNormShape shape;
  f32 center = 0;  // x is uniform in center ± spread
  f32 spread = 1;
};

inline void PrintTo(BatchNormCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<BatchNormCase> batch_norm_cases() {
  return {
      {.name = "one_row", .shape = {1, 5}},
      {.name = "no_rows", .shape = {0, 4}},
      {.name = "no_channels", .shape = {6, 0}},
      {.name = "one_channel", .shape = {100, 1}},
      {.name = "odd", .shape = {37, 13}},
      {.name = "one_group_and_a_row", .shape = {65, 8}},
      {.name = "constant", .shape = {200, 6}, .center = 3, .spread = 0},
      {.name = "large_mean", .shape = {3000, 7}, .center = 1e4f, .spread = 0.5f},
      {.name = "tiny_values", .shape = {300, 5}, .spread = 1e-4f},
      {.name = "several_chunks", .shape = {5000, 33}, .center = -1, .spread = 4},
      {.name = "wide", .shape = {150, 700}},
  };
}

}  // namespace heddle::testing
