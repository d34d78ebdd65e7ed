#include "nn/conv_transpose2d.h"

#include <fmt/format.h>

#include "kernels/core/error.h"
#include "nn/init.h"
#include "ops/elementwise.h"

namespace heddle::nn {

ConvTranspose2d::ConvTranspose2d(i64 k, i64 c, i64 window, Generator& generator, ConvOptions const& options,
                                 i64 output_padding)
    : options_{.convolution = {.stride_h = options.stride,
                               .stride_w = options.stride,
                               .dilation_h = options.dilation,
                               .dilation_w = options.dilation,
                               .padding = {options.padding, options.padding, options.padding, options.padding},
                               .groups = options.groups},
               .output_padding_h = output_padding,
               .output_padding_w = output_padding} {
  check(k > 0 && c > 0 && window > 0, "[ConvTranspose2d] sizes must be positive: k=", k, ", c=", c,
        ", window=", window);
  check(options.stride > 0 && options.dilation > 0 && options.padding >= 0,
        "[ConvTranspose2d] stride and dilation must be positive, padding not negative: stride=", options.stride,
        ", dilation=", options.dilation, ", padding=", options.padding);
  check(output_padding >= 0 && output_padding < options.stride,
        "[ConvTranspose2d] output padding must be at least 0 and below the stride: output_padding=", output_padding,
        ", stride=", options.stride);
  check(options.groups > 0 && c % options.groups == 0 && k % options.groups == 0,
        "[ConvTranspose2d] groups must divide k and c: k=", k, ", c=", c, ", groups=", options.groups);
  Shape const shape = {k, window, window, c / options.groups};
  weight_ = add_parameter("weight", default_uniform(shape, fan_in(shape), generator));
  if (options.bias) bias_ = add_parameter("bias", default_uniform({c}, fan_in(shape), generator));
}

std::string ConvTranspose2d::details() const {
  auto const& convolution = options_.convolution;
  std::string text = fmt::format("{} -> {}, {}x{}", weight_.size(0), weight_.size(3) * convolution.groups,
                                 weight_.size(1), weight_.size(2));
  if (convolution.stride_h != 1) text += fmt::format(", stride {}", convolution.stride_h);
  if (convolution.padding.top != 0) text += fmt::format(", padding {}", convolution.padding.top);
  if (options_.output_padding_h != 0) text += fmt::format(", output padding {}", options_.output_padding_h);
  if (convolution.dilation_h != 1) text += fmt::format(", dilation {}", convolution.dilation_h);
  if (convolution.groups != 1) text += fmt::format(", groups {}", convolution.groups);
  return text;
}

i64 ConvTranspose2d::macs(Shape const& x, Shape const&) const { return x.count() * fan_in(weight_.shape()); }

Tensor ConvTranspose2d::forward(Tensor const& x) {
  Tensor const y = ops::conv_transpose2d(x, weight_, options_);
  return bias_.defined() ? ops::add_bias(y, bias_) : y;
}

}  // namespace heddle::nn
