#include "kernels/norm/rms_norm.h"

#include "ops/norm.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

template <class T>
Tensor rms_norm_of(Tensor const& x, Tensor const& gamma, f32 epsilon) {
  RowNormShape const shape = {.rows = x.size(-1) == 0 ? 0 : x.count() / x.size(-1), .columns = x.size(-1)};
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  Tensor const rstd = Tensor::empty({shape.rows}, DType::f32, x.device());
  run(rms_norm_forward<T>, x.device(),
      {.shape = shape,
       .epsilon = epsilon,
       .x = x.data<T>(),
       .gamma = gamma.data<f32>(),
       .y = y.data<T>(),
       .rstd = rstd.data<f32>()});
  record("rms_norm", {x, gamma}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty(x.shape(), x.dtype(), x.device());
    Tensor dgamma = Tensor::empty(gamma.shape(), DType::f32, x.device());
    run(rms_norm_backward<T>, x.device(),
        {.shape = shape,
         .x = x.data<T>(),
         .dy = dy.data<T>(),
         .gamma = gamma.data<f32>(),
         .rstd = rstd.data<f32>(),
         .dx = dx.data<T>(),
         .dgamma = dgamma.data<f32>(),
         .workspace = {}});
    return std::vector{dx, dgamma};
  });
  return y;
}

}  // namespace

Tensor rms_norm(Tensor const& x, Tensor const& gamma, f32 epsilon) {
  require_same_device("rms_norm", x, gamma);
  require_shape("rms_norm", "gamma", gamma, {x.size(-1)});
  return with_float_type("rms_norm", x.dtype(), [&]<class T>() { return rms_norm_of<T>(x, gamma, epsilon); });
}

}  // namespace heddle::ops
