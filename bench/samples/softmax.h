// Softmax on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/sample.h"
#include "kernels/softmax/softmax.h"

namespace heddle::bench {

struct SoftmaxSample {
  static constexpr char const* sizes = "ROWSxCOLUMNS";
  static constexpr char const* source = "kernels/softmax/softmax.cu";
  static inline std::vector<i64> const example = {64, 4096};

  /// Neither bias nor mask. y is about that of a row of 4096.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    if (name == "bias" || name == "mask") return {};
    if (name == "y") return uniform<f32>(count, seed, 0, 0x1p-11f);
    return uniform<f32>(count, seed, -4, 4);
  }
};

struct SoftmaxForwardSample : SoftmaxSample {
  template <class T>
  using Args = SoftmaxForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = softmax_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.rows = size[0], .columns = size[1]};
  }
  /// y is below e^8 / columns, and relative to it the errors are those of a sum and of some exponentials.
  static double bound(std::string_view, Args<f32> const& a) {
    double const columns = static_cast<double>(a.columns);
    return std::min(1.0, 3000 / columns) * (sum_bound(a.columns, 1 / columns) + 64 * 0x1p-24);
  }
};

struct SoftmaxBackwardSample : SoftmaxSample {
  template <class T>
  using Args = SoftmaxBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = softmax_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.rows = size[0], .columns = size[1]};
  }
  static double bound(std::string_view, Args<f32> const& a) {
    return 0x1p-11 * (sum_bound(a.columns, 0x1p-9) + 32 * 0x1p-24);
  }
};

}  // namespace heddle::bench
