#include "kernels/norm/layer_norm.h"

#include "ops/norm.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

template <class T>
constexpr Route<LayerNormForwardFn<T>> forward_route = {.cuda = cuda::layer_norm_forward,
                                                        .emulated = emulated::layer_norm_forward};
template <>
constexpr Route<LayerNormForwardFn<f32>> forward_route<f32> = {
    .cpu = cpu::layer_norm_forward, .cuda = cuda::layer_norm_forward, .emulated = emulated::layer_norm_forward};
template <class T>
constexpr Route<LayerNormBackwardFn<T>> backward_route = {.cuda = cuda::layer_norm_backward,
                                                          .emulated = emulated::layer_norm_backward};
template <>
constexpr Route<LayerNormBackwardFn<f32>> backward_route<f32> = {
    .cpu = cpu::layer_norm_backward, .cuda = cuda::layer_norm_backward, .emulated = emulated::layer_norm_backward};

template <class T>
Tensor layer_norm_of(Tensor const& x, Tensor const& gamma, Tensor const& beta, f32 epsilon) {
  LayerNormShape const shape = {.rows = x.size(-1) == 0 ? 0 : x.count() / x.size(-1), .columns = x.size(-1)};
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  Tensor const mean = Tensor::empty({shape.rows}, DType::f32, x.device());
  Tensor const rstd = Tensor::empty({shape.rows}, DType::f32, x.device());
  launch("layer_norm", x.device(), forward_route<T>,
         LayerNormForwardArgs<T>{.shape = shape,
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
    std::size_t const bytes = x.device() == Device::cpu ? 0 : layer_norm_backward_workspace_bytes(shape);
    Tensor const scratch = Tensor::empty({static_cast<i64>(bytes)}, DType::u8, x.device());
    launch("layer_norm_backward", x.device(), backward_route<T>,
           LayerNormBackwardArgs<T>{.shape = shape,
                                    .x = x.data<T>(),
                                    .dy = dy.data<T>(),
                                    .gamma = gamma.data<f32>(),
                                    .mean = mean.data<f32>(),
                                    .rstd = rstd.data<f32>(),
                                    .dx = dx.data<T>(),
                                    .dgamma = dgamma.data<f32>(),
                                    .dbeta = dbeta.data<f32>(),
                                    .workspace = {scratch.raw_data(), bytes}});
    return std::vector{dx, dgamma, dbeta};
  });
  return y;
}

}  // namespace

Tensor layer_norm(Tensor const& x, Tensor const& gamma, Tensor const& beta, f32 epsilon) {
  require_same_device("layer_norm", x, gamma, beta);
  require_shape("layer_norm", "gamma", gamma, {x.size(-1)});
  require_shape("layer_norm", "beta", beta, {x.size(-1)});
  switch (x.dtype()) {
    case DType::f32:
      return layer_norm_of<f32>(x, gamma, beta, epsilon);
    case DType::f16:
      return layer_norm_of<f16>(x, gamma, beta, epsilon);
    case DType::bf16:
      return layer_norm_of<bf16>(x, gamma, beta, epsilon);
    default:
      fail("[layer_norm] takes f32, f16 or bf16: ", name(x.dtype()));
  }
}

}  // namespace heddle::ops
