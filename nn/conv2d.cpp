#include "nn/conv2d.h"

#include <fmt/format.h>

#include "kernels/core/error.h"
#include "nn/init.h"
#include "ops/elementwise.h"

namespace heddle::nn {

Conv2d::Conv2d(i64 c, i64 k, i64 window, Generator& generator, ConvOptions const& options)
    : options_{.stride_h = options.stride,
               .stride_w = options.stride,
               .dilation_h = options.dilation,
               .dilation_w = options.dilation,
               .padding = {options.padding, options.padding, options.padding, options.padding},
               .groups = options.groups} {
  check(c > 0 && k > 0 && window > 0, "[Conv2d] sizes must be positive: c=", c, ", k=", k, ", window=", window);
  check(options.stride > 0 && options.dilation > 0 && options.padding >= 0,
        "[Conv2d] stride and dilation must be positive, padding not negative: stride=", options.stride,
        ", dilation=", options.dilation, ", padding=", options.padding);
  check(options.groups > 0 && c % options.groups == 0 && k % options.groups == 0,
        "[Conv2d] groups must divide c and k: c=", c, ", k=", k, ", groups=", options.groups);
  Shape const shape = {k, window, window, c / options.groups};
  weight_ = add_weight("weight", default_uniform(shape, fan_in(shape), generator));
  if (options.bias) bias_ = add_weight("bias", default_uniform({k}, fan_in(shape), generator));
}

std::string Conv2d::details() const {
  i64 const k = weight_.size(0), r = weight_.size(1), s = weight_.size(2);
  std::string text = fmt::format("{} -> {}, {}x{}", weight_.size(3) * options_.groups, k, r, s);
  if (options_.stride_h != 1) text += fmt::format(", stride {}", options_.stride_h);
  if (options_.padding.top != 0) text += fmt::format(", padding {}", options_.padding.top);
  if (options_.dilation_h != 1) text += fmt::format(", dilation {}", options_.dilation_h);
  if (options_.groups != 1) text += fmt::format(", groups {}", options_.groups);
  return text;
}

i64 Conv2d::macs(Shape const&, Shape const& y) const { return y.count() * fan_in(weight_.shape()); }

Tensor Conv2d::forward(Tensor const& x) {
  Tensor const y = ops::conv2d(x, computed(weight_), options_);
  return bias_.defined() ? ops::add_bias(y, computed(bias_)) : y;
}

}  // namespace heddle::nn
