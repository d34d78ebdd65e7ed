// Convolutions of random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/conv2d_definition.h"
#include "bench/samples/sample.h"
#include "kernels/conv/conv2d.h"

namespace heddle::bench {

struct Conv2dSample {
  static constexpr char const* sizes = "NxHxWxCxKxFILTERxSTRIDExPADDINGxGROUPS";
  static constexpr char const* source = "kernels/conv/conv2d.cu";
  static inline std::vector<i64> const example = {2, 16, 16, 32, 64, 3, 1, 1, 1};

  static Conv2dShape shape(std::vector<i64> const& size) {
    return {.n = size[0],
            .h = size[1],
            .w = size[2],
            .c = size[3],
            .k = size[4],
            .r = size[5],
            .s = size[5],
            .stride_h = size[6],
            .stride_w = size[6],
            .padding = {size[7], size[7], size[7], size[7]},
            .groups = size[8]};
  }
  /// Of what is convolved; there is no epilogue.
  static std::vector<f32> values(std::string_view tensor, i64 count, u64 seed) {
    bool const given = tensor == "x" || tensor == "dy" || tensor == "filter";
    return given ? uniform<f32>(count, seed) : std::vector<f32>();
  }
};

struct Conv2dForwardSample : Conv2dSample {
  template <class T>
  using Args = Conv2dForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = conv2d_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
  static double bound(std::string_view, Args<f32> const& a) {
    return sum_bound(a.shape.r * a.shape.s * a.shape.c / a.shape.groups, 1);
  }
  static double element(Args<f32> const& a, i64 index) { return y_element(a.shape, a.x, a.filter, index); }
};

struct Conv2dBackwardDataSample : Conv2dSample {
  template <class T>
  using Args = Conv2dBackwardDataArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = conv2d_backward_data<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
  static double bound(std::string_view, Args<f32> const& a) {
    return sum_bound(a.shape.r * a.shape.s * a.shape.k / a.shape.groups, 1);
  }
  static double element(Args<f32> const& a, i64 index) { return dx_element(a.shape, a.dy, a.filter, index); }
};

struct Conv2dBackwardFilterSample : Conv2dSample {
  template <class T>
  using Args = Conv2dBackwardFilterArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = conv2d_backward_filter<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
  static double bound(std::string_view, Args<f32> const& a) {
    return sum_bound(a.shape.n * a.shape.p() * a.shape.q(), 1);
  }
  static double element(Args<f32> const& a, i64 index) { return dfilter_element(a.shape, a.x, a.dy, index); }
};

}  // namespace heddle::bench
