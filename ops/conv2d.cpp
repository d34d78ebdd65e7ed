#include "ops/conv2d.h"

#include "ops/conv2d_directions.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

Conv2dShape conv_shape(Tensor const& x, Tensor const& filter, Conv2dOptions const& options) {
  check(x.shape().rank() == 4, "[conv2d] x must be [n, h, w, c]: ", x.shape());
  check(filter.shape().rank() == 4, "[conv2d] the filter must be [k, r, s, c / groups]: ", filter.shape());
  Conv2dShape const shape = {.n = x.size(0),
                             .h = x.size(1),
                             .w = x.size(2),
                             .c = x.size(3),
                             .k = filter.size(0),
                             .r = filter.size(1),
                             .s = filter.size(2),
                             .stride_h = options.stride_h,
                             .stride_w = options.stride_w,
                             .dilation_h = options.dilation_h,
                             .dilation_w = options.dilation_w,
                             .padding = options.padding,
                             .groups = options.groups};
  check_shape(shape);
  check(filter.size(3) * shape.groups == shape.c,
        "[conv2d] the filter's last axis times groups must be c: ", filter.size(3), " * ", shape.groups,
        ", c=", shape.c);
  return shape;
}

}  // namespace

Tensor conv2d(Tensor const& x, Tensor const& filter, Conv2dOptions const& options) {
  require_same_device("conv2d", x, filter);
  Conv2dShape const shape = conv_shape(x, filter, options);
  Tensor y = convolve(shape, x, filter);
  record("conv2d", {x, filter}, y, [=](Tensor const& dy) {
    std::vector<Tensor> gradients(2);
    if (x.requires_gradient()) gradients[0] = convolve_backward_data(shape, dy, filter);
    if (filter.requires_gradient()) gradients[1] = convolve_backward_filter(shape, x, dy);
    return gradients;
  });
  return y;
}

}  // namespace heddle::ops
