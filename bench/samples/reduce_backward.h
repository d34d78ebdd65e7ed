// The gradients of reductions on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/reduce.h"
#include "kernels/reduce/reduce_backward.h"

namespace heddle::bench {

/// Of the norm, which reads and writes the most.
struct ReduceSumBackwardSample : ReduceSample {
  static constexpr char const* source = "kernels/reduce/reduce_backward.cu";
  template <class T>
  using Args = ReduceSumBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = reduce_sum_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1], size[2]}, .summary = Summary::l2_norm};
  }
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    return name == "y" ? uniform<f32>(count, seed, 1, 2) : uniform<f32>(count, seed);
  }
  static double bound(std::string_view, Args<f32> const&) { return 4 * 0x1p-24; }
};

struct ReduceMaxBackwardSample : ReduceSample {
  static constexpr char const* source = ReduceSumBackwardSample::source;
  template <class T>
  using Args = ReduceMaxBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = reduce_max_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1], size[2]}};
  }
  static double bound(std::string_view, Args<f32> const&) { return 0; }
};

}  // namespace heddle::bench
