#include "kernels/norm/group_norm.h"

#include "ops/norm.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

template <class T>
Tensor group_norm_of(Tensor const& x, Tensor const& gamma, Tensor const& beta, GroupNormShape const& shape, f32 epsilon,
                     Activation activation) {
  std::size_t const bytes = x.device() == Device::cpu ? 0 : group_norm_workspace_bytes(shape, sizeof(T));
  auto const scratch = [=, device = x.device()] { return Tensor::empty({static_cast<i64>(bytes)}, DType::u8, device); };
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  Tensor const mean = Tensor::empty({shape.images, shape.groups}, DType::f32, x.device());
  Tensor const rstd = Tensor::empty({shape.images, shape.groups}, DType::f32, x.device());
  Tensor const space = scratch();
  run(group_norm_forward<T>, x.device(),
      {.shape = shape,
       .epsilon = epsilon,
       .activation = activation,
       .x = x.data<T>(),
       .gamma = gamma.data<f32>(),
       .beta = beta.data<f32>(),
       .y = y.data<T>(),
       .mean = mean.data<f32>(),
       .rstd = rstd.data<f32>(),
       .workspace = {space.raw_data(), bytes}});
  record("group_norm", {x, gamma, beta}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty(x.shape(), x.dtype(), x.device());
    Tensor dgamma = Tensor::empty(gamma.shape(), DType::f32, x.device());
    Tensor dbeta = Tensor::empty(beta.shape(), DType::f32, x.device());
    Tensor const space_of_gradients = scratch();
    run(group_norm_backward<T>, x.device(),
        {.shape = shape,
         .activation = activation,
         .x = x.data<T>(),
         .dy = dy.data<T>(),
         .gamma = gamma.data<f32>(),
         .beta = beta.data<f32>(),
         .mean = mean.data<f32>(),
         .rstd = rstd.data<f32>(),
         .dx = dx.data<T>(),
         .dgamma = dgamma.data<f32>(),
         .dbeta = dbeta.data<f32>(),
         .workspace = {space_of_gradients.raw_data(), bytes}});
    return std::vector{dx, dgamma, dbeta};
  });
  return y;
}

}  // namespace

Tensor group_norm(Tensor const& x, Tensor const& gamma, Tensor const& beta, i64 groups, f32 epsilon,
                  Activation activation) {
  require_same_device("group_norm", x, gamma, beta);
  check(x.shape().rank() >= 2, "[group_norm] x must be [n, ..., c]: ", x.shape());
  i64 const images = x.size(0), channels = x.size(-1);
  require_shape("group_norm", "gamma", gamma, {channels});
  require_shape("group_norm", "beta", beta, {channels});
  i64 rows = 1;
  for (int axis = 1; axis + 1 < x.shape().rank(); ++axis) rows *= x.size(axis);
  GroupNormShape const shape = {.images = images, .rows = rows, .channels = channels, .groups = groups};
  return with_float_type("group_norm", x.dtype(),
                         [&]<class T>() { return group_norm_of<T>(x, gamma, beta, shape, epsilon, activation); });
}

}  // namespace heddle::ops
