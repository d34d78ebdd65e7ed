#include "kernels/norm/layer_norm.h"

#include "ops/norm.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

template <class T>
Tensor layer_norm_of(Tensor const& x, Tensor const& gamma, Tensor const& beta, f32 epsilon) {
  RowNormShape const shape = {.rows = x.size(-1) == 0 ? 0 : x.count() / x.size(-1), .columns = x.size(-1)};
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  Tensor const mean = Tensor::empty({shape.rows}, DType::f32, x.device());
  Tensor const rstd = Tensor::empty({shape.rows}, DType::f32, x.device());
  run(layer_norm_forward<T>, x.device(),
      {.shape = shape,
       .epsilon = epsilon,
       .x = x.data<T>(),
       .gamma = gamma.data<f32>(),
       .beta = beta.data<f32>(),
       .y = y.data<T>(),
       .mean = mean.data<f32>(),
       .rstd = rstd.data<f32>()});
  record("layer_norm", {x, gamma, beta}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty(x.shape(), x.dtype(), x.device());
    Tensor dgamma = Tensor::empty(gamma.shape(), DType::f32, x.device());
    Tensor dbeta = Tensor::empty(beta.shape(), DType::f32, x.device());
    run(layer_norm_backward<T>, x.device(),
        {.shape = shape,
         .x = x.data<T>(),
         .dy = dy.data<T>(),
         .gamma = gamma.data<f32>(),
         .mean = mean.data<f32>(),
         .rstd = rstd.data<f32>(),
         .dx = dx.data<T>(),
         .dgamma = dgamma.data<f32>(),
         .dbeta = dbeta.data<f32>(),
         .workspace = {}});
    return std::vector{dx, dgamma, dbeta};
  });
  return y;
}

}  // namespace

Tensor layer_norm(Tensor const& x, Tensor const& gamma, Tensor const& beta, f32 epsilon) {
  require_same_device("layer_norm", x, gamma, beta);
  require_shape("layer_norm", "gamma", gamma, {x.size(-1)});
  require_shape("layer_norm", "beta", beta, {x.size(-1)});
  return with_float_type("layer_norm", x.dtype(), [&]<class T>() { return layer_norm_of<T>(x, gamma, beta, epsilon); });
}

}  // namespace heddle::ops
