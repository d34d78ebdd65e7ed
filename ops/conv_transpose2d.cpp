#include "ops/conv_transpose2d.h"

#include "ops/conv2d_directions.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

/// Pixels of y along an axis of size `outputs`, those of the convolution.
i64 input_size(char const* axis, i64 outputs, i64 filter, i64 stride, i64 dilation, i64 padding, i64 output_padding) {
  check(stride >= 1 && dilation >= 1, "[conv_transpose2d] stride and dilation must be positive: stride_", axis, "=",
        stride, ", dilation_", axis, "=", dilation);
  check(output_padding >= 0 && output_padding < stride,
        "[conv_transpose2d] output padding must be at least 0 and below the stride: output_padding_", axis, "=",
        output_padding, ", stride_", axis, "=", stride);
  i64 const size = (outputs - 1) * stride - padding + dilation * (filter - 1) + 1 + output_padding;
  check(size >= 1, "[conv_transpose2d] y would have no pixels along ", axis, ": x has ", outputs, ", filter=", filter,
        ", padding=", padding, " (both sides); less padding leaves some");
  return size;
}

Conv2dShape transposed_shape(Tensor const& x, Tensor const& filter, ConvTranspose2dOptions const& options) {
  check(x.shape().rank() == 4, "[conv_transpose2d] x must be [n, p, q, k]: ", x.shape());
  check(filter.shape().rank() == 4, "[conv_transpose2d] the filter must be [k, r, s, c / groups]: ", filter.shape());
  check(filter.size(0) == x.size(3),
        "[conv_transpose2d] the filter's first axis must be the channels of x: ", filter.size(0), ", x has ",
        x.size(3));
  auto const& [stride_h, stride_w, dilation_h, dilation_w, padding, groups] = options.convolution;
  Conv2dShape const shape = {.n = x.size(0),
                             .h = input_size("h", x.size(1), filter.size(1), stride_h, dilation_h,
                                             padding.top + padding.bottom, options.output_padding_h),
                             .w = input_size("w", x.size(2), filter.size(2), stride_w, dilation_w,
                                             padding.left + padding.right, options.output_padding_w),
                             .c = filter.size(3) * groups,
                             .k = x.size(3),
                             .r = filter.size(1),
                             .s = filter.size(2),
                             .stride_h = stride_h,
                             .stride_w = stride_w,
                             .dilation_h = dilation_h,
                             .dilation_w = dilation_w,
                             .padding = padding,
                             .groups = groups};
  check_shape(shape);
  return shape;
}

}  // namespace

Tensor conv_transpose2d(Tensor const& x, Tensor const& filter, ConvTranspose2dOptions const& options) {
  require_same_device("conv_transpose2d", x, filter);
  Conv2dShape const shape = transposed_shape(x, filter, options);
  Tensor y = convolve_backward_data(shape, x, filter);
  record("conv_transpose2d", {x, filter}, y, [=](Tensor const& dy) {
    std::vector<Tensor> gradients(2);
    if (x.requires_gradient()) gradients[0] = convolve(shape, dy, filter);
    if (filter.requires_gradient()) gradients[1] = convolve_backward_filter(shape, dy, x);
    return gradients;
  });
  return y;
}

}  // namespace heddle::ops
