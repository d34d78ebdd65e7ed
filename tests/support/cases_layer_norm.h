// The shapes and values that every implementation of layer normalisation is tested with.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/norm/layer_norm.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct LayerNormCase {
  std::string name;
  LayerNormShape shape;
  f32 center = 0;  // x is uniform in center ± spread
  f32 spread = 1;
  i64 offset = 0;     // elements from an aligned address to the tensors
  bool once = false;  // slow on the emulator: one type, one order of threads
};

inline void PrintTo(LayerNormCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<LayerNormCase> layer_norm_cases() {
  return {{.name = "one", .shape = {1, 1}},
          {.name = "columns_of_one", .shape = {5, 1}},
          {.name = "no_rows", .shape = {0, 7}},
          {.name = "no_columns", .shape = {3, 0}},
          {.name = "odd", .shape = {3, 7}},
          {.name = "narrow", .shape = {9, 64}},
          {.name = "narrow_misaligned", .shape = {9, 64}, .offset = 1},
          {.name = "constant_rows", .shape = {2, 40}, .center = 3, .spread = 0},
          {.name = "odd_block_row", .shape = {4, 257}},
          {.name = "large_mean", .shape = {6, 768}, .center = 1e4f, .spread = 8},
          {.name = "tiny_values", .shape = {2, 100}, .spread = 1e-4f},
          {.name = "transformer_768", .shape = {12, 768}},
          {.name = "transformer_1024_misaligned", .shape = {3, 1024}, .offset = 3},
          {.name = "transformer_4096", .shape = {3, 4096}},
          {.name = "transformer_8192", .shape = {1, 8192}},
          {.name = "odd_streamed", .shape = {2, 5001}},
          {.name = "wide_20000", .shape = {1, 20000}},
          {.name = "wide_streamed", .shape = {1, 40000}},
          {.name = "more_rows_than_teams", .shape = {2500, 8}, .once = true}};
}

/// x, dy, gamma or beta of a case.
inline std::vector<f32> layer_norm_values(LayerNormCase const& c, std::string_view name, i64 count) {
  if (name == "x") return uniform(count, 1, c.center - c.spread, c.center + c.spread);
  if (name == "gamma") return uniform(count, 3, 0.5f, 1.5f);
  return uniform(count, name == "dy" ? 2 : 4);
}

}  // namespace heddle::testing
