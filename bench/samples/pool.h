// Pooling of random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/pool/average_pool.h"
#include "kernels/pool/global_average.h"
#include "kernels/pool/max_pool.h"

namespace heddle::bench {

struct Pool2dSample {
  static constexpr char const* sizes = "NxHxWxCxWINDOWxSTRIDExPADDING";
  static constexpr char const* source = "kernels/pool/pool2d.cu";
  static inline std::vector<i64> const example = {2, 32, 32, 64, 3, 2, 1};

  static Pool2dShape shape(std::vector<i64> const& size) {
    return {.n = size[0],
            .h = size[1],
            .w = size[2],
            .c = size[3],
            .r = size[4],
            .s = size[4],
            .stride_h = size[5],
            .stride_w = size[5],
            .padding = {size[6], size[6], size[6], size[6]}};
  }

  /// Winners stand in the upper left corner of their windows, or next to it; the backward pass takes them as bytes.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    if (name == "index") return {};
    std::vector<f32> values = uniform<f32>(count, seed);
    if (name == "tap")
      for (f32& value : values) value = value < 0 ? 0.0f : 1.0f;
    return values;
  }

  /// A window's terms, or those that reach one input, are below 1 in magnitude and are counted by the window.
  static double bound(std::string_view, auto const& a) {
    auto const terms = static_cast<double>(a.shape.r * a.shape.s);
    return sum_bound(a.shape.r * a.shape.s, 1) + 4 * terms * 0x1p-24;
  }
};

struct MaxPoolForwardSample : Pool2dSample {
  template <class T>
  using Args = MaxPoolForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = max_pool_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
};

struct MaxPoolBackwardSample : Pool2dSample {
  template <class T>
  using Args = MaxPoolBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = max_pool_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
};

struct AveragePoolForwardSample : Pool2dSample {
  template <class T>
  using Args = AveragePoolForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = average_pool_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
};

struct AveragePoolBackwardSample : Pool2dSample {
  template <class T>
  using Args = AveragePoolBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = average_pool_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
};

struct AdaptivePoolSample : Pool2dSample {
  static constexpr char const* sizes = "NxHxWxCxPxQ";
  static inline std::vector<i64> const example = {2, 32, 32, 64, 7, 7};

  static AdaptivePool2dShape shape(std::vector<i64> const& size) {
    return {.n = size[0], .h = size[1], .w = size[2], .c = size[3], .p = size[4], .q = size[5]};
  }

  /// A mean of terms below 1; a gradient of as many quotients as outputs share an input.
  static double bound(std::string_view, auto const& a) {
    auto const overlaps = [](i64 size, i64 outputs) { return ceil_div(size, outputs) + ceil_div(outputs, size) + 2; };
    i64 const terms = overlaps(a.shape.h, a.shape.p) * overlaps(a.shape.w, a.shape.q);
    return sum_bound(terms, 1) + 4 * static_cast<double>(terms) * 0x1p-24;
  }
};

struct AdaptiveAveragePoolForwardSample : AdaptivePoolSample {
  template <class T>
  using Args = AdaptiveAveragePoolForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = adaptive_average_pool_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
};

struct AdaptiveAveragePoolBackwardSample : AdaptivePoolSample {
  template <class T>
  using Args = AdaptiveAveragePoolBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = adaptive_average_pool_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
};

struct GlobalAverageSample {
  static constexpr char const* sizes = "NxPOSITIONSxC";
  static constexpr char const* source = "kernels/pool/global_average.cu";
  static inline std::vector<i64> const example = {2, 1024, 64};

  static std::vector<f32> values(std::string_view, i64 count, u64 seed) { return uniform<f32>(count, seed); }
  /// A mean of terms below 1, and its scale.
  static double bound(std::string_view, auto const& a) {
    return sum_bound(a.positions, 1.0 / static_cast<double>(a.positions)) + 4 * 0x1p-24;
  }
};

struct GlobalAverageForwardSample : GlobalAverageSample {
  template <class T>
  using Args = GlobalAverageForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = global_average_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.n = size[0], .positions = size[1], .c = size[2], .workspace = {}};
  }
};

struct GlobalAverageBackwardSample : GlobalAverageSample {
  template <class T>
  using Args = GlobalAverageBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = global_average_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.n = size[0], .positions = size[1], .c = size[2]};
  }
};

}  // namespace heddle::bench
