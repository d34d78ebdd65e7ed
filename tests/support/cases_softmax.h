// The shapes and values that every implementation of softmax is tested with.
#pragma once

#include <cmath>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/core/types.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct SoftmaxCase {
  std::string name;
  i64 rows = 0, columns = 0;
  f32 spread = 4;  // x is uniform in ± spread
  f32 scale = 1;
  i64 mask_rows = 1;
  bool mask = false;  // the first of its rows leaves out every element, the others about half
  bool bias = false;
  std::vector<f32> x = {};  // instead of random values
  i64 offset = 0;           // elements from an aligned address to the tensors
  int architecture = 90;
  bool once = false;  // slow on the emulator: one type, one order of threads
};

inline void PrintTo(SoftmaxCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<SoftmaxCase> softmax_cases() {
  constexpr f32 inf = HUGE_VALF;
  return {{.name = "one", .rows = 1, .columns = 1},
          {.name = "columns_of_one", .rows = 5, .columns = 1},
          {.name = "no_rows", .rows = 0, .columns = 7},
          {.name = "no_columns", .rows = 3, .columns = 0},
          {.name = "odd", .rows = 3, .columns = 7},
          {.name = "scaled", .rows = 3, .columns = 13, .scale = -0.125f},
          {.name = "narrow", .rows = 9, .columns = 64},
          {.name = "narrow_misaligned", .rows = 9, .columns = 64, .offset = 1},
          {.name = "equal_values", .rows = 2, .columns = 40, .spread = 0},
          {.name = "odd_streamed", .rows = 4, .columns = 257},
          {.name = "huge", .rows = 6, .columns = 768, .spread = 3e4f},
          {.name = "huge_streamed", .rows = 2, .columns = 1537, .spread = 3e4f},
          {.name = "streamed_misaligned", .rows = 3, .columns = 1024, .offset = 3},
          {.name = "attention", .rows = 6, .columns = 48, .scale = 0.25f, .mask_rows = 3, .mask = true, .bias = true},
          {.name = "masked", .rows = 4, .columns = 264, .mask_rows = 4, .mask = true},
          {.name = "masked_streamed", .rows = 3, .columns = 1031, .mask_rows = 3, .mask = true, .bias = true},
          {.name = "masked_misaligned", .rows = 4, .columns = 96, .mask_rows = 2, .mask = true, .offset = 1},
          {.name = "biased", .rows = 5, .columns = 100, .bias = true},
          {.name = "infinities",
           .rows = 5,
           .columns = 3,
           .x = {-inf, 1, 2, -inf, -inf, -inf, inf, 1, 2, inf, inf, -inf, NAN, 1, -inf}},
          {.name = "row_4096", .rows = 3, .columns = 4096},
          {.name = "row_8192", .rows = 1, .columns = 8192},
          {.name = "row_16384", .rows = 1, .columns = 16384},
          {.name = "row_20000", .rows = 1, .columns = 20000},
          {.name = "wide_streamed", .rows = 1, .columns = 40000, .architecture = 80},
          {.name = "wide_cluster", .rows = 2, .columns = 40000},
          {.name = "wide_cluster_masked", .rows = 2, .columns = 33024, .mask_rows = 2, .mask = true, .bias = true},
          {.name = "huge_cluster", .rows = 1, .columns = 20008, .spread = 3e4f},
          {.name = "widest_cluster", .rows = 1, .columns = 131072, .once = true},
          {.name = "more_rows_than_teams", .rows = 2500, .columns = 8, .once = true}};
}

/// An input of a case; nothing for what it has not.
inline std::vector<f32> softmax_values(SoftmaxCase const& c, std::string_view name, i64 count) {
  if (name == "x") return c.x.empty() ? uniform(count, 1, -c.spread, c.spread) : c.x;
  if (name == "bias") return c.bias ? uniform(count, 3, -2, 2) : std::vector<f32>();
  if (name == "mask" && !c.mask) return {};
  if (name != "mask") return uniform(count, 2);
  std::vector<f32> mask = small_integers(count, 4, 0, 1);
  std::fill_n(mask.begin(), c.columns, 0.0f);
  return mask;
}

}  // namespace heddle::testing
