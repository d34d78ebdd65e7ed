// How the kernel of skinny matrix products shares its work out.
#pragma once

#include "kernels/core/types.h"

namespace heddle {

struct GemmSkinnyConfig {
  int small = 8;   // most lines of the small operand
  int lines = 32;  // of the large operand, of a block
  friend constexpr bool operator==(GemmSkinnyConfig const&, GemmSkinnyConfig const&) = default;

  /// Whether there is a kernel for a large operand that is contiguous along k, or across it: there a thread's vectors
  /// are of neighbouring lines, and sums with more than 8 small lines would not fit in registers.
  constexpr bool exists(bool along_k) const { return along_k || (lines == 32 && small <= 8); }
  constexpr bool takes(i64 small_lines, bool along_k) const { return small_lines <= small && exists(along_k); }
};

inline constexpr GemmSkinnyConfig gemm_skinny_configs[] = {{.small = 4, .lines = 32},  {.small = 8, .lines = 32},
                                                           {.small = 16, .lines = 32}, {.small = 4, .lines = 8},
                                                           {.small = 8, .lines = 8},   {.small = 16, .lines = 4}};

}  // namespace heddle
