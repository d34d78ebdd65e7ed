// The shapes and values that every implementation of layer and root mean square normalisation is tested with.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/norm/row_norm_shape.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct RowNormCase {
  std::string name;
  RowNormShape shape;
  f32 center = 0;  // x is uniform in center ± spread
  f32 spread = 1;
  i64 offset = 0;  // elements from an aligned address to the tensors
  bool residual = false;
  int architecture = 90;
  bool once = false;  // slow on the emulator: one type, one order of threads
};

inline void PrintTo(RowNormCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<RowNormCase> row_norm_cases() {
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
          {.name = "wide_cluster", .shape = {1, 33024}},
          {.name = "wide_without_clusters", .shape = {1, 33024}, .architecture = 80, .once = true},
          {.name = "rows_of_clusters", .shape = {20, 9000}, .once = true},
          {.name = "wider_cluster", .shape = {1, 65536}, .once = true},
          {.name = "widest_cluster", .shape = {1, 131072}, .once = true},
          {.name = "residual", .shape = {5, 320}, .residual = true},
          {.name = "residual_misaligned", .shape = {3, 321}, .offset = 1, .residual = true},
          {.name = "residual_cluster", .shape = {1, 33024}, .residual = true},
          {.name = "residual_streamed", .shape = {1, 33024}, .residual = true, .architecture = 80, .once = true},
          {.name = "more_rows_than_teams", .shape = {2500, 8}, .once = true}};
}

/// What an input of a case holds. x + residual is exact in every type.
inline std::vector<f32> row_norm_values(RowNormCase const& c, std::string_view name, i64 count) {
  auto const sixteenths = [&](u64 seed) {
    std::vector<f32> values = small_integers<f32>(count, seed, -60, 60);
    for (f32& value : values) value /= 16;
    return values;
  };
  if (!c.residual && (name == "residual" || name == "sum" || name == "dsum")) return {};
  if (c.residual && (name == "x" || name == "residual")) return sixteenths(name == "x" ? 1 : 5);
  if (name == "x") return uniform(count, 1, c.center - c.spread, c.center + c.spread);
  if (name == "gamma") return uniform(count, 3, 0.5f, 1.5f);
  return uniform(count, name == "dy" ? 2 : name == "dsum" ? 6 : 4);
}

}  // namespace heddle::testing
