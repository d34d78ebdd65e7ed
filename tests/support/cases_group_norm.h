// The shapes and values that every implementation of group normalisation is tested with.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/norm/group_norm.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct GroupNormCase {
  std::string name;
  GroupNormShape shape;
  f32 center = 0;  // x is uniform in center ± spread
  f32 spread = 1;
  Activation activation = Activation::none;
  i64 offset = 0;  // elements from an aligned address to the tensors
};

inline void PrintTo(GroupNormCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<GroupNormCase> group_norm_cases() {
  return {
      {.name = "one_element", .shape = {1, 1, 1, 1}},
      {.name = "no_images", .shape = {0, 4, 6, 2}},
      {.name = "no_rows", .shape = {2, 0, 6, 2}},
      {.name = "no_channels", .shape = {2, 5, 0, 1}},
      {.name = "odd", .shape = {3, 7, 15, 3}},
      {.name = "groups_of_eight", .shape = {2, 49, 64, 8}},
      {.name = "wide_group", .shape = {2, 16, 320, 4}},
      {.name = "one_group", .shape = {3, 30, 24, 1}},
      {.name = "instance", .shape = {4, 64, 16, 16}},
      {.name = "instance_of_one_row", .shape = {2, 1, 8, 8}},
      {.name = "several_chunks", .shape = {2, 1500, 12, 3}},
      {.name = "constant", .shape = {2, 40, 12, 2}, .center = 3, .spread = 0},
      {.name = "large_mean", .shape = {2, 300, 14, 7}, .center = 1e4f, .spread = 0.5f},
      {.name = "misaligned", .shape = {2, 40, 16, 4}, .offset = 1},
      {.name = "many_images", .shape = {70, 3, 8, 2}},
      {.name = "silu", .shape = {2, 40, 32, 8}, .activation = Activation::silu},
      {.name = "relu_odd", .shape = {3, 21, 9, 3}, .activation = Activation::relu},
  };
}

/// x, dy, gamma or beta of a case.
inline std::vector<f32> group_norm_values(GroupNormCase const& c, std::string_view name, i64 count) {
  if (name == "x") return uniform(count, 1, c.center - c.spread, c.center + c.spread);
  if (name == "gamma") return uniform(count, 3, 0.5f, 1.5f);
  return uniform(count, name == "dy" ? 2 : 4);
}

}  // namespace heddle::testing
