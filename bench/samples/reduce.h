// Reductions on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/reduce/reduce.h"

namespace heddle::bench {

struct ReduceSample {
  static constexpr char const* sizes = "OUTERxAXISxINNER";
  static constexpr char const* source = "kernels/reduce/reduce.cu";
  static inline std::vector<i64> const example = {16, 64, 256};

  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    return name == "index" ? std::vector<f32>(static_cast<std::size_t>(count)) : uniform<f32>(count, seed);
  }
};

struct ReduceSumSample : ReduceSample {
  template <class T>
  using Args = ReduceSumArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = reduce_sum<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1], size[2]}};
  }
  static double bound(std::string_view, Args<f32> const& a) { return sum_bound(a.shape.axis, 1); }
};

struct ReduceDotSample : ReduceSample {
  template <class T>
  using Args = ReduceDotArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = reduce_dot<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1], size[2]}};
  }
  static double bound(std::string_view, Args<f32> const& a) { return sum_bound(a.shape.axis, 1); }
};

struct ReduceMaxSample : ReduceSample {
  template <class T>
  using Args = ReduceMaxArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = reduce_max<T>;

  /// With both results: pointers that are not null stand for them until they have memory, for the cost.
  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    static T value = {};
    static i64 index = 0;
    return {.shape = {size[0], size[1], size[2]}, .y = &value, .index = &index};
  }
  static double bound(std::string_view, Args<f32> const&) { return 0; }
};

}  // namespace heddle::bench
