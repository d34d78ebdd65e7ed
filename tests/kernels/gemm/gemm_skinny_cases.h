// Products for the kernel of skinny ones, each with a configuration.
#pragma once

#include "kernels/gemm/gemm_skinny_config.h"
#include "tests/kernels/gemm/gemm_reference.h"

namespace heddle::testing {

/// Each configuration with few rows and with few columns, in each direction of the large operand that it takes; more
/// than one chunk along k, ends within vectors, operands that are aligned and not.
inline std::vector<GemmPass> skinny_passes() {
  std::vector<GemmPass> passes;
  auto const add = [&](GemmCase const& c, int config) {
    GemmPass& pass = passes.emplace_back(c);
    pass.choice = {GemmPath::skinny, config};
  };
  for (int config = 0; config < std::ssize(gemm_skinny_configs); ++config) {
    i64 const few = gemm_skinny_configs[config].small - 1;
    add({.name = "rows_nt", .m = few, .n = 45, .k = 2091, .transpose_b = true, .extra = 5}, config);
    add({.name = "columns_nt", .m = 67, .n = few + 1, .k = 136, .transpose_b = true, .alpha = 0.5f, .beta = 2}, config);
    if (!gemm_skinny_configs[config].exists(false)) continue;
    add({.name = "rows_nn", .m = few + 1, .n = 75, .k = 2091, .extra = 5}, config);
    add({.name = "columns_tn", .m = 88, .n = few, .k = 72, .transpose_a = true, .alpha = 3}, config);
  }
  add({.name = "vector_misaligned", .m = 1, .n = 50, .k = 77, .transpose_b = true, .beta = 1, .offset = 1}, 0);
  add({.name = "rows_tn_misaligned", .m = 3, .n = 50, .k = 40, .transpose_a = true, .offset = 1}, 0);
  add({.name = "small_across_k", .m = 13, .n = 64, .k = 256, .transpose_a = true, .transpose_b = true}, 2);
  add({.name = "no_depth", .m = 2, .n = 9, .k = 0, .transpose_b = true, .beta = 2}, 0);
  add({.name = "zero_alpha", .m = 2, .n = 9, .k = 8, .alpha = 0, .beta = 2}, 0);
  return passes;
}

inline std::string skinny_name(GemmPass const& pass) {
  GemmSkinnyConfig const config = gemm_skinny_configs[pass.choice.config];
  return pass.c.name + "_" + std::to_string(config.small) + "_" + std::to_string(config.lines);
}

}  // namespace heddle::testing
