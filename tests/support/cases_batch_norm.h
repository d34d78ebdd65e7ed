// The shapes and values that every implementation of batch normalisation is tested with.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/norm/batch_norm.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct BatchNormCase {
  std::string name;
  BatchNormShape shape;
  f32 center = 0;  // x is uniform in center ± spread
  f32 spread = 1;
  Activation activation = Activation::none;
  bool residual = false;
  i64 offset = 0;  // elements from an aligned address to the tensors
};

inline void PrintTo(BatchNormCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<BatchNormCase> batch_norm_cases() {
  return {
      {.name = "one_row", .shape = {1, 5}},
      {.name = "no_rows", .shape = {0, 4}},
      {.name = "no_channels", .shape = {6, 0}},
      {.name = "one_element", .shape = {1, 1}},
      {.name = "one_channel", .shape = {100, 1}},
      {.name = "odd", .shape = {37, 13}},
      {.name = "one_group_and_a_row", .shape = {65, 8}},
      {.name = "constant", .shape = {200, 6}, .center = 3, .spread = 0},
      {.name = "large_mean", .shape = {3000, 7}, .center = 1e4f, .spread = 0.5f},
      {.name = "tiny_values", .shape = {300, 5}, .spread = 1e-4f},
      {.name = "several_chunks", .shape = {5000, 33}, .center = -1, .spread = 4},
      {.name = "wide", .shape = {150, 700}},
      {.name = "wide_prime", .shape = {9, 307}},
      {.name = "misaligned", .shape = {70, 24}, .offset = 1},
      {.name = "relu", .shape = {90, 24}, .activation = Activation::relu},
      {.name = "relu_residual", .shape = {133, 64}, .activation = Activation::relu, .residual = true},
      {.name = "relu_residual_odd", .shape = {75, 13}, .activation = Activation::relu, .residual = true},
      {.name = "relu_residual_misaligned",
       .shape = {21, 20},
       .activation = Activation::relu,
       .residual = true,
       .offset = 3},
      {.name = "residual", .shape = {50, 16}, .residual = true},
      {.name = "gelu", .shape = {40, 32}, .activation = Activation::gelu_erf},
      {.name = "gelu_tanh_residual", .shape = {41, 12}, .activation = Activation::gelu_tanh, .residual = true},
      {.name = "silu", .shape = {60, 9}, .activation = Activation::silu},
      {.name = "silu_residual", .shape = {40, 264}, .activation = Activation::silu, .residual = true},
  };
}

/// x, dy, gamma, beta, running statistics or residual of a case.
inline std::vector<f32> batch_norm_values(BatchNormCase const& c, std::string_view name, i64 count) {
  if (name == "x") return uniform(count, 1, c.center - c.spread, c.center + c.spread);
  if (name == "gamma") return uniform(count, 3, 0.5f, 1.5f);
  if (name == "running_variance") return uniform(count, 6, 0.5f, 1.5f);
  return uniform(count, name == "dy" ? 2 : name == "beta" ? 4 : name == "running_mean" ? 5 : 7);
}

}  // namespace heddle::testing
