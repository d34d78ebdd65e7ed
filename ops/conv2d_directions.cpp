#include "ops/conv2d_directions.h"

#include "ops/route.h"
#include "ops/tf32.h"

namespace heddle::ops {

Tensor convolve(Conv2dShape const& shape, Tensor const& x, Tensor const& filter) {
  Tensor y = Tensor::empty({shape.n, shape.p(), shape.q(), shape.k}, x.dtype(), x.device());
  with_float_type("conv2d", x.dtype(), [&]<class T>() {
    run(conv2d_forward<T>, x.device(),
        {.shape = shape,
         .x = x.data<T>(),
         .filter = filter.data<T>(),
         .y = y.data<T>(),
         .tf32 = Tf32Products::allowed<T>()});
  });
  return y;
}

Tensor convolve_backward_data(Conv2dShape const& shape, Tensor const& dy, Tensor const& filter) {
  Tensor dx = Tensor::empty({shape.n, shape.h, shape.w, shape.c}, dy.dtype(), dy.device());
  with_float_type("conv2d", dy.dtype(), [&]<class T>() {
    run(conv2d_backward_data<T>, dy.device(),
        {.shape = shape,
         .dy = dy.data<T>(),
         .filter = filter.data<T>(),
         .dx = dx.data<T>(),
         .tf32 = Tf32Products::allowed<T>()});
  });
  return dx;
}

Tensor convolve_backward_filter(Conv2dShape const& shape, Tensor const& x, Tensor const& dy) {
  Tensor dfilter = Tensor::empty({shape.k, shape.r, shape.s, shape.c / shape.groups}, dy.dtype(), dy.device());
  with_float_type("conv2d", dy.dtype(), [&]<class T>() {
    run(conv2d_backward_filter<T>, dy.device(),
        {.shape = shape,
         .x = x.data<T>(),
         .dy = dy.data<T>(),
         .dfilter = dfilter.data<T>(),
         .tf32 = Tf32Products::allowed<T>()});
  });
  return dfilter;
}

}  // namespace heddle::ops
