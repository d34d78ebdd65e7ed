#include "kernels/pool/pool2d.h"

#include "ops/pool2d.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

Pool2dShape pool_shape(std::string_view operation, Tensor const& x, Pool2dOptions const& options) {
  check(x.shape().rank() == 4, "[", operation, "] x must be [n, h, w, c]: ", x.shape());
  Pool2dShape const shape = {.n = x.size(0),
                             .h = x.size(1),
                             .w = x.size(2),
                             .c = x.size(3),
                             .r = options.r,
                             .s = options.s,
                             .stride_h = options.stride_h,
                             .stride_w = options.stride_w,
                             .padding = options.padding};
  check_shape(shape);
  return shape;
}

}  // namespace

Tensor max_pool(Tensor const& x, Pool2dOptions const& options) {
  Pool2dShape const shape = pool_shape("max_pool", x, options);
  Shape const result = {shape.n, shape.p(), shape.q(), shape.c};
  Tensor y = Tensor::empty(result, x.dtype(), x.device());
  Tensor const index = Tensor::empty(result, DType::i32, x.device());
  run(Operation<MaxPoolForwardArgs<f32>>{.name = "max_pool", .cpu = cpu::max_pool_forward}, x.device(),
      MaxPoolForwardArgs<f32>{.shape = shape, .x = x.data<f32>(), .y = y.data<f32>(), .index = index.data<i32>()});
  record("max_pool", {x}, y, [shape, index](Tensor const& dy) {
    Tensor dx = Tensor::empty({shape.n, shape.h, shape.w, shape.c}, dy.dtype(), dy.device());
    run(Operation<MaxPoolBackwardArgs<f32>>{.name = "max_pool_backward", .cpu = cpu::max_pool_backward}, dy.device(),
        MaxPoolBackwardArgs<f32>{
            .shape = shape, .dy = dy.data<f32>(), .index = index.data<i32>(), .dx = dx.data<f32>()});
    return std::vector{dx};
  });
  return y;
}

Tensor average_pool(Tensor const& x, Pool2dOptions const& options, bool count_padding) {
  Pool2dShape const shape = pool_shape("average_pool", x, options);
  Tensor y = Tensor::empty({shape.n, shape.p(), shape.q(), shape.c}, x.dtype(), x.device());
  run(Operation<AveragePoolForwardArgs<f32>>{.name = "average_pool", .cpu = cpu::average_pool_forward}, x.device(),
      AveragePoolForwardArgs<f32>{
          .shape = shape, .count_padding = count_padding, .x = x.data<f32>(), .y = y.data<f32>()});
  record("average_pool", {x}, y, [shape, count_padding](Tensor const& dy) {
    Tensor dx = Tensor::empty({shape.n, shape.h, shape.w, shape.c}, dy.dtype(), dy.device());
    run(Operation<AveragePoolBackwardArgs<f32>>{.name = "average_pool_backward", .cpu = cpu::average_pool_backward},
        dy.device(),
        AveragePoolBackwardArgs<f32>{
            .shape = shape, .count_padding = count_padding, .dy = dy.data<f32>(), .dx = dx.data<f32>()});
    return std::vector{dx};
  });
  return y;
}

Tensor global_average_pool(Tensor const& x) {
  check(x.shape().rank() == 4, "[global_average_pool] x must be [n, h, w, c]: ", x.shape());
  Shape const shape = x.shape();
  i64 const n = shape[0], positions = shape[1] * shape[2], c = shape[3];
  Tensor y = Tensor::empty({n, c}, x.dtype(), x.device());
  run(Operation<GlobalAverageForwardArgs<f32>>{.name = "global_average_pool", .cpu = cpu::global_average_forward},
      x.device(),
      GlobalAverageForwardArgs<f32>{.n = n, .positions = positions, .c = c, .x = x.data<f32>(), .y = y.data<f32>()});
  record("global_average_pool", {x}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty(shape, dy.dtype(), dy.device());
    run(Operation<GlobalAverageBackwardArgs<f32>>{.name = "global_average_pool_backward",
                                                  .cpu = cpu::global_average_backward},
        dy.device(),
        GlobalAverageBackwardArgs<f32>{
            .n = n, .positions = positions, .c = c, .dy = dy.data<f32>(), .dx = dx.data<f32>()});
    return std::vector{dx};
  });
  return y;
}

}  // namespace heddle::ops
