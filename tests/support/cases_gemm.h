// The sizes that every implementation of the matrix product is tested with.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::testing {

struct GemmCase {
  std::string name;
  i64 m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  f32 alpha = 1, beta = 0;
  i64 extra = 0;      // elements between stored rows, of all matrices
  i64 offset = 0;     // elements from an aligned address to the matrices
  bool once = false;  // slow on the emulator: one type and one execution
};

inline void PrintTo(GemmCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<GemmCase> gemm_cases() {
  return {
      {.name = "one", .m = 1, .n = 1, .k = 1},
      {.name = "no_rows", .m = 0, .n = 3, .k = 2},
      {.name = "no_columns", .m = 3, .n = 0, .k = 2},
      {.name = "no_depth", .m = 4, .n = 5, .k = 0},
      {.name = "no_depth_accumulate", .m = 4, .n = 5, .k = 0, .beta = 2, .extra = 1},
      {.name = "row", .m = 1, .n = 17, .k = 9},
      {.name = "column", .m = 17, .n = 1, .k = 9},
      {.name = "odd", .m = 7, .n = 13, .k = 5},
      {.name = "odd_apart", .m = 7, .n = 13, .k = 5, .extra = 3},
      {.name = "transpose_a", .m = 9, .n = 10, .k = 11, .transpose_a = true, .extra = 2},
      {.name = "transpose_b", .m = 9, .n = 10, .k = 11, .transpose_b = true, .extra = 2},
      {.name = "transpose_both", .m = 9, .n = 10, .k = 11, .transpose_a = true, .transpose_b = true},
      {.name = "scaled", .m = 6, .n = 8, .k = 4, .alpha = -2, .beta = 3},
      {.name = "zero_alpha", .m = 6, .n = 8, .k = 4, .alpha = 0, .beta = 1},
      {.name = "beyond_a_block", .m = 65, .n = 129, .k = 33, .beta = 1, .extra = 5},
      {.name = "beyond_blocks_transposed",
       .m = 130,
       .n = 300,
       .k = 20,
       .transpose_a = true,
       .transpose_b = true,
       .extra = 3},
      {.name = "large_blocks", .m = 260, .n = 1030, .k = 16, .transpose_b = true},
      {.name = "classifier", .m = 128, .n = 10, .k = 500, .transpose_b = true},
      {.name = "misaligned", .m = 20, .n = 24, .k = 40, .beta = 0.5f, .offset = 1},
      {.name = "aligned", .m = 100, .n = 72, .k = 200},
      {.name = "aligned_nt", .m = 130, .n = 136, .k = 64, .transpose_b = true, .extra = 8},
      {.name = "aligned_tn", .m = 136, .n = 264, .k = 80, .transpose_a = true, .alpha = 0.5f, .beta = 2},
      {.name = "aligned_tt", .m = 200, .n = 40, .k = 136, .transpose_a = true, .transpose_b = true},
      {.name = "ends_within_16_bytes", .m = 21, .n = 45, .k = 61, .extra = 3},
      {.name = "ends_within_16_bytes_nt", .m = 21, .n = 45, .k = 61, .transpose_b = true, .extra = 3},
      {.name = "ends_within_16_bytes_tn", .m = 21, .n = 45, .k = 61, .transpose_a = true, .extra = 3},
      {.name = "deep", .m = 72, .n = 136, .k = 456, .transpose_b = true},
      {.name = "aligned_but_d", .m = 24, .n = 33, .k = 48, .transpose_b = true},
      {.name = "large_tiles", .m = 1500, .n = 1410, .k = 18, .beta = 1, .once = true},
  };
}

}  // namespace heddle::testing
