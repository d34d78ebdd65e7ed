#include "nn/pooling.h"

#include <fmt/format.h>

#include "kernels/core/error.h"

namespace heddle::nn {
namespace {

ops::Pool2dOptions square_options(i64 window, i64 stride, i64 padding) {
  check(window > 0 && stride >= 0 && padding >= 0 && padding <= window / 2,
        "[pool2d] window must be positive, stride not negative, padding at most half the window: window=", window,
        ", stride=", stride, ", padding=", padding);
  i64 const step = stride == 0 ? window : stride;
  return {
      .r = window, .s = window, .stride_h = step, .stride_w = step, .padding = {padding, padding, padding, padding}};
}

std::string describe(ops::Pool2dOptions const& options) {
  std::string text = fmt::format("{}x{}, stride {}", options.r, options.s, options.stride_h);
  if (options.padding.top != 0) text += fmt::format(", padding {}", options.padding.top);
  return text;
}

}  // namespace

MaxPool2d::MaxPool2d(i64 window, i64 stride, i64 padding) : options_(square_options(window, stride, padding)) {}
std::string MaxPool2d::details() const { return describe(options_); }
Tensor MaxPool2d::forward(Tensor const& x) { return ops::max_pool(x, options_); }

AveragePool2d::AveragePool2d(i64 window, i64 stride, i64 padding) : options_(square_options(window, stride, padding)) {}
std::string AveragePool2d::details() const { return describe(options_); }
Tensor AveragePool2d::forward(Tensor const& x) { return ops::average_pool(x, options_); }

AdaptiveAveragePool2d::AdaptiveAveragePool2d(i64 p, i64 q) : p_(p), q_(q) {
  check(p > 0 && q > 0, "[adaptive_average_pool] p and q must be positive: p=", p, ", q=", q);
}
std::string AdaptiveAveragePool2d::details() const { return fmt::format("{}x{}", p_, q_); }
Tensor AdaptiveAveragePool2d::forward(Tensor const& x) { return ops::adaptive_average_pool(x, p_, q_); }

Tensor GlobalAveragePool::forward(Tensor const& x) { return ops::global_average_pool(x); }

}  // namespace heddle::nn
