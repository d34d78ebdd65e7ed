// Linear layers y = x w^T whose operands are not of a type of activations: as the matrix units take them.
#pragma once

#include <cmath>

#include "bench/samples/gemm.h"

namespace heddle::bench {

template <>
inline constexpr char const* type_name<f8e4m3> = "f8";
template <>
inline constexpr char const* type_name<i8> = "i8";

/// f8 and f32, as tf32, into f32; i8 into i32.
struct GemmTypesSample : LinearSample {
  template <class T>
  using Result = std::conditional_t<std::same_as<T, i8>, i32, f32>;
  template <class T>
  using Args = GemmArgs<T, Result<T>>;
  template <class T>
  static constexpr Operation<Args<T>> operation = gemm<T, Result<T>>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.m = size[0],
            .n = size[1],
            .k = size[2],
            .transpose_b = true,
            .lda = size[2],
            .ldb = size[2],
            .ldd = size[1],
            .tf32 = std::same_as<T, f32>};
  }
};

struct GemmTf32Sample : GemmTypesSample {
  static constexpr char const* name = "gemm_tf32";
  /// Each operand is off by 2^-10 at most.
  static double bound(std::string_view, Args<f32> const& a) {
    return sum_bound(a.k, 1) + 0x1p-9 * 1.001 * static_cast<double>(a.k);
  }
};

struct GemmF8Sample : GemmTypesSample {
  static constexpr char const* name = "gemm_f8";
  /// A product of 32 of k loses up to 2^-13 of the largest of its terms for each of them and the sum before, which is
  /// of 128 of k.
  static double bound(std::string_view, Args<f32> const& a) {
    return sum_bound(a.k, 1) + 4 * 33 * 0x1p-13 * static_cast<double>(a.k);
  }
};

struct GemmI8Sample : GemmTypesSample {
  static constexpr char const* name = "gemm_i8";
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    std::vector<f32> result = LinearSample::values(name, count, seed);
    for (f32& value : result) value = std::nearbyint(127 * value);
    return result;
  }
  /// The sums are exact; the reference's are of f32.
  static double bound(std::string_view, Args<f32> const& a) { return sum_bound(a.k, 127.0 * 127); }
};

}  // namespace heddle::bench
