// The shapes, steps and values that every implementation of the chain of elementwise steps is tested with.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/elementwise/chain.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct ChainCase {
  std::string name;
  i64 rows = 0, columns = 0;
  Activation activation = Activation::none;
  Dropout dropout = {};
  bool bias = false, residual = false;
  bool dx = true, dbias = false;
  f32 spread = 3;  // of x, around 0
  i64 offset = 0;  // elements from an aligned address to the tensors
};

inline void PrintTo(ChainCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<ChainCase> chain_cases() {
  using enum Activation;
  Dropout const tenth = {.rate = 0.1f, .seed = 0x123456789abcdefu, .stream = 0xfedcba987654321u};
  auto const units = [&](f32 rate, i64 extent, i64 channels) {
    return Dropout{.rate = rate, .seed = 5, .stream = 6, .extent = extent, .channels = channels};
  };
  return {
      {.name = "one", .rows = 1, .columns = 1, .activation = relu, .bias = true, .dbias = true},
      {.name = "no_rows", .rows = 0, .columns = 7, .activation = relu, .bias = true, .dbias = true},
      {.name = "no_columns", .rows = 3, .columns = 0, .activation = silu, .residual = true, .dbias = true},
      {.name = "nothing", .rows = 5, .columns = 9},
      {.name = "bias", .rows = 37, .columns = 24, .bias = true, .dbias = true},
      {.name = "bias_gradient_alone", .rows = 37, .columns = 24, .dx = false, .dbias = true},
      {.name = "relu", .rows = 7, .columns = 1100, .activation = relu},
      {.name = "gelu_erf", .rows = 7, .columns = 1100, .activation = gelu_erf, .spread = 8},
      {.name = "gelu_tanh", .rows = 7, .columns = 1100, .activation = gelu_tanh, .spread = 8},
      {.name = "silu", .rows = 7, .columns = 1100, .activation = silu, .spread = 8},
      {.name = "saturated", .rows = 4, .columns = 96, .activation = gelu_tanh, .spread = 300},
      {.name = "dropout", .rows = 1, .columns = 2053, .dropout = tenth},
      {.name = "all_odd",
       .rows = 13,
       .columns = 257,
       .activation = silu,
       .dropout = tenth,
       .bias = true,
       .residual = true,
       .dbias = true},
      {.name = "all_even",
       .rows = 65,
       .columns = 96,
       .activation = gelu_erf,
       .dropout = tenth,
       .bias = true,
       .residual = true,
       .dbias = true},
      {.name = "all_misaligned",
       .rows = 9,
       .columns = 64,
       .activation = gelu_tanh,
       .dropout = tenth,
       .bias = true,
       .residual = true,
       .dbias = true,
       .offset = 1},
      {.name = "channels", .rows = 60, .columns = 16, .dropout = units(0.5f, 160, 16), .residual = true},
      {.name = "channels_odd", .rows = 60, .columns = 5, .activation = relu, .dropout = units(0.5f, 50, 5)},
      {.name = "samples", .rows = 60, .columns = 16, .dropout = units(0.3f, 96, 1), .residual = true},
      {.name = "samples_odd", .rows = 60, .columns = 5, .dropout = units(0.3f, 35, 1), .bias = true, .dbias = true},
      {.name = "all_dropped", .rows = 3, .columns = 40, .dropout = units(1, 1, 1), .residual = true},
      {.name = "many_rows", .rows = 4099, .columns = 8, .activation = relu, .bias = true, .dbias = true},
      {.name = "wide", .rows = 2, .columns = 4104, .activation = relu, .bias = true, .residual = true, .dbias = true},
  };
}

/// A tensor of a case; empty for one that the case leaves out.
inline std::vector<f32> chain_values(ChainCase const& c, std::string_view name, i64 count) {
  bool const present = name == "bias"       ? c.bias
                       : name == "residual" ? c.residual
                       : name == "dx"       ? c.dx
                       : name == "dbias"    ? c.dbias
                                            : true;
  if (!present) return {};
  if (name == "x") return uniform(count, 1, -c.spread, c.spread);
  return uniform(count, name == "bias" ? 2 : name == "dy" ? 3 : 4);
}

}  // namespace heddle::testing
