#include "ops/pool2d.h"

#include "kernels/pool/average_pool.h"
#include "kernels/pool/global_average.h"
#include "kernels/pool/max_pool.h"
#include "ops/reshape.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

void require_images(std::string_view operation, Tensor const& x) {
  check(x.shape().rank() == 4, "[", operation, "] x must be [n, h, w, c]: ", x.shape());
}

Pool2dShape pool_shape(std::string_view operation, Tensor const& x, Pool2dOptions const& options) {
  require_images(operation, x);
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

template <class T>
Tensor max_pool_of(Tensor const& x, Pool2dShape const& shape) {
  Shape const result = {shape.n, shape.p(), shape.q(), shape.c};
  Tensor y = Tensor::empty(result, x.dtype(), x.device());
  bool const taps = shape.r * shape.s <= most_taps;
  Tensor const winners = Tensor::empty(result, taps ? DType::u8 : DType::i32, x.device());
  run(max_pool_forward<T>, x.device(),
      {.shape = shape,
       .x = x.data<T>(),
       .y = y.data<T>(),
       .tap = taps ? winners.data<u8>() : nullptr,
       .index = taps ? nullptr : winners.data<i32>()});
  record("max_pool", {x}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty({shape.n, shape.h, shape.w, shape.c}, dy.dtype(), dy.device());
    run(max_pool_backward<T>, dy.device(),
        {.shape = shape,
         .dy = dy.data<T>(),
         .tap = taps ? winners.data<u8>() : nullptr,
         .index = taps ? nullptr : winners.data<i32>(),
         .dx = dx.data<T>()});
    return std::vector{dx};
  });
  return y;
}

template <class T>
Tensor average_pool_of(Tensor const& x, Pool2dShape const& shape, bool count_padding) {
  Tensor y = Tensor::empty({shape.n, shape.p(), shape.q(), shape.c}, x.dtype(), x.device());
  run(average_pool_forward<T>, x.device(),
      {.shape = shape, .count_padding = count_padding, .x = x.data<T>(), .y = y.data<T>()});
  record("average_pool", {x}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty({shape.n, shape.h, shape.w, shape.c}, dy.dtype(), dy.device());
    run(average_pool_backward<T>, dy.device(),
        {.shape = shape, .count_padding = count_padding, .dy = dy.data<T>(), .dx = dx.data<T>()});
    return std::vector{dx};
  });
  return y;
}

template <class T>
Tensor adaptive_average_pool_of(Tensor const& x, AdaptivePool2dShape const& shape) {
  Tensor y = Tensor::empty({shape.n, shape.p, shape.q, shape.c}, x.dtype(), x.device());
  run(adaptive_average_pool_forward<T>, x.device(), {.shape = shape, .x = x.data<T>(), .y = y.data<T>()});
  record("adaptive_average_pool", {x}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty({shape.n, shape.h, shape.w, shape.c}, dy.dtype(), dy.device());
    run(adaptive_average_pool_backward<T>, dy.device(), {.shape = shape, .dy = dy.data<T>(), .dx = dx.data<T>()});
    return std::vector{dx};
  });
  return y;
}

template <class T>
Tensor global_average_pool_of(Tensor const& x) {
  Shape const shape = x.shape();
  i64 const n = shape[0], positions = shape[1] * shape[2], c = shape[3];
  Tensor y = Tensor::empty({n, c}, x.dtype(), x.device());
  run(global_average_forward<T>, x.device(),
      {.n = n, .positions = positions, .c = c, .x = x.data<T>(), .y = y.data<T>(), .workspace = {}});
  record("global_average_pool", {x}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty(shape, dy.dtype(), dy.device());
    run(global_average_backward<T>, dy.device(),
        {.n = n, .positions = positions, .c = c, .dy = dy.data<T>(), .dx = dx.data<T>()});
    return std::vector{dx};
  });
  return y;
}

}  // namespace

Tensor max_pool(Tensor const& x, Pool2dOptions const& options) {
  Pool2dShape const shape = pool_shape("max_pool", x, options);
  return with_float_type("max_pool", x.dtype(), [&]<class T>() { return max_pool_of<T>(x, shape); });
}

Tensor average_pool(Tensor const& x, Pool2dOptions const& options, bool count_padding) {
  Pool2dShape const shape = pool_shape("average_pool", x, options);
  return with_float_type("average_pool", x.dtype(),
                         [&]<class T>() { return average_pool_of<T>(x, shape, count_padding); });
}

Tensor adaptive_average_pool(Tensor const& x, i64 p, i64 q) {
  require_images("adaptive_average_pool", x);
  AdaptivePool2dShape const shape = {.n = x.size(0), .h = x.size(1), .w = x.size(2), .c = x.size(3), .p = p, .q = q};
  check_shape(shape);
  // One window over all positions has few outputs to share out: its positions are shared out instead.
  if (p == 1 && q == 1) return reshape(global_average_pool(x), {shape.n, 1, 1, shape.c});
  return with_float_type("adaptive_average_pool", x.dtype(),
                         [&]<class T>() { return adaptive_average_pool_of<T>(x, shape); });
}

Tensor global_average_pool(Tensor const& x) {
  require_images("global_average_pool", x);
  return with_float_type("global_average_pool", x.dtype(), [&]<class T>() { return global_average_pool_of<T>(x); });
}

}  // namespace heddle::ops
