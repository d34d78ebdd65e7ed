#include "ops/conv2d.h"

#include "kernels/conv/conv2d.h"
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

Tensor backward_data(Conv2dShape const& shape, Tensor const& dy, Tensor const& filter) {
  Tensor dx = Tensor::empty({shape.n, shape.h, shape.w, shape.c}, dy.dtype(), dy.device());
  run(Operation<Conv2dBackwardDataArgs<f32>>{.name = "conv2d_backward_data", .cpu = cpu::conv2d_backward_data},
      dy.device(),
      Conv2dBackwardDataArgs<f32>{
          .shape = shape, .dy = dy.data<f32>(), .filter = filter.data<f32>(), .dx = dx.data<f32>()});
  return dx;
}

Tensor backward_filter(Conv2dShape const& shape, Tensor const& x, Tensor const& dy) {
  Tensor dfilter = Tensor::empty({shape.k, shape.r, shape.s, shape.c / shape.groups}, dy.dtype(), dy.device());
  run(Operation<Conv2dBackwardFilterArgs<f32>>{.name = "conv2d_backward_filter", .cpu = cpu::conv2d_backward_filter},
      dy.device(),
      Conv2dBackwardFilterArgs<f32>{
          .shape = shape, .x = x.data<f32>(), .dy = dy.data<f32>(), .dfilter = dfilter.data<f32>()});
  return dfilter;
}

}  // namespace

Tensor conv2d(Tensor const& x, Tensor const& filter, Conv2dOptions const& options) {
  require_same_device("conv2d", x, filter);
  Conv2dShape const shape = conv_shape(x, filter, options);
  Tensor y = Tensor::empty({shape.n, shape.p(), shape.q(), shape.k}, x.dtype(), x.device());
  run(Operation<Conv2dForwardArgs<f32>>{.name = "conv2d", .cpu = cpu::conv2d_forward}, x.device(),
      Conv2dForwardArgs<f32>{.shape = shape, .x = x.data<f32>(), .filter = filter.data<f32>(), .y = y.data<f32>()});
  record("conv2d", {x, filter}, y, [=](Tensor const& dy) {
    std::vector<Tensor> gradients(2);
    if (x.requires_gradient()) gradients[0] = backward_data(shape, dy, filter);
    if (filter.requires_gradient()) gradients[1] = backward_filter(shape, x, dy);
    return gradients;
  });
  return y;
}

}  // namespace heddle::ops
