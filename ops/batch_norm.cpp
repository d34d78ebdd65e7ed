#include "kernels/norm/batch_norm.h"

#include "ops/norm.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

BatchNormShape norm_shape(Tensor const& x, Tensor const& gamma, Tensor const& beta, Tensor const& running_mean,
                          Tensor const& running_variance, Tensor const& residual) {
  require_same_device("batch_norm", x, gamma, beta, running_mean, running_variance, residual);
  i64 const channels = x.size(-1);
  auto const require = [&](char const* what, Tensor const& tensor, Shape const& shape) {
    if (tensor.defined()) require_shape("batch_norm", what, tensor, shape);
  };
  require_shape("batch_norm", "gamma", gamma, {channels});
  require_shape("batch_norm", "beta", beta, {channels});
  require("running_mean", running_mean, {channels});
  require("running_variance", running_variance, {channels});
  require("residual", residual, x.shape());
  return {.rows = channels == 0 ? 0 : x.count() / channels, .channels = channels};
}

template <class T>
T* data_or_null(Tensor const& tensor) {
  return tensor.defined() ? tensor.data<T>() : nullptr;
}

/// Runs the operation with a workspace of its own; the CPU needs none.
template <class Args>
void run_with_workspace(Operation<Args> const& operation, Device device, Args args) {
  std::size_t const bytes = device == Device::cpu ? 0 : args.workspace_bytes();
  Tensor const scratch = Tensor::empty({static_cast<i64>(bytes)}, DType::u8, device);
  args.workspace = {scratch.raw_data(), bytes};
  run(operation, device, args);
}

/// What the backward pass of a batch needs.
struct Recorded {
  BatchNormShape shape;
  Activation activation;
  Tensor x, gamma, beta;
  Tensor mean, rstd;  // [channels]
  bool added;         // there was a residual
  Tensor positive;    // the sign of y, where relu follows a residual; else undefined
  Tensor residual;    // where another activation does; else undefined
};

template <class T>
std::vector<Tensor> gradients(Recorded const& r, Tensor const& dy) {
  auto const like = [&](Tensor const& tensor) { return Tensor::empty(tensor.shape(), tensor.dtype(), dy.device()); };
  Tensor const dx = like(r.x), dgamma = like(r.gamma), dbeta = like(r.beta);
  bool const activated = r.activation != Activation::none;
  Tensor const dresidual = !r.added ? Tensor() : activated ? like(r.x) : dy;
  run_with_workspace<BatchNormBackwardArgs<T>>(heddle::batch_norm_backward<T>, dy.device(),
                                               {.shape = r.shape,
                                                .activation = r.activation,
                                                .x = r.x.data<T>(),
                                                .dy = dy.data<T>(),
                                                .gamma = r.gamma.data<f32>(),
                                                .beta = r.beta.data<f32>(),
                                                .mean = r.mean.data<f32>(),
                                                .rstd = r.rstd.data<f32>(),
                                                .residual = data_or_null<T>(r.residual),
                                                .positive = data_or_null<u8>(r.positive),
                                                .dx = dx.data<T>(),
                                                .dgamma = dgamma.data<f32>(),
                                                .dbeta = dbeta.data<f32>(),
                                                .dresidual = activated ? data_or_null<T>(dresidual) : nullptr});
  return {dx, dgamma, dbeta, dresidual};
}

}  // namespace

Tensor batch_norm_training(Tensor const& x, Tensor const& gamma, Tensor const& beta, Tensor running_mean,
                           Tensor running_variance, f32 momentum, f32 epsilon, Activation activation,
                           Tensor const& residual) {
  BatchNormShape const shape = norm_shape(x, gamma, beta, running_mean, running_variance, residual);
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  Tensor const mean = Tensor::empty({shape.channels}, DType::f32, x.device());
  Tensor const rstd = Tensor::empty({shape.channels}, DType::f32, x.device());
  bool const added = residual.defined(), relu = activation == Activation::relu;
  Tensor const positive =
      added && relu ? Tensor::empty({ceil_div<i64>(x.count(), 8)}, DType::u8, x.device()) : Tensor();
  with_float_type("batch_norm", x.dtype(), [&]<class T>() {
    run_with_workspace<BatchNormTrainingArgs<T>>(heddle::batch_norm_training<T>, x.device(),
                                                 {.shape = shape,
                                                  .epsilon = epsilon,
                                                  .momentum = momentum,
                                                  .activation = activation,
                                                  .x = x.data<T>(),
                                                  .gamma = gamma.data<f32>(),
                                                  .beta = beta.data<f32>(),
                                                  .residual = data_or_null<T>(residual),
                                                  .y = y.data<T>(),
                                                  .positive = data_or_null<u8>(positive),
                                                  .mean = mean.data<f32>(),
                                                  .rstd = rstd.data<f32>(),
                                                  .running_mean = data_or_null<f32>(running_mean),
                                                  .running_variance = data_or_null<f32>(running_variance)});
    bool const recomputed = activation != Activation::none && !relu;
    Recorded const recorded = {shape, activation, x,     gamma,    beta,
                               mean,  rstd,       added, positive, recomputed ? residual : Tensor()};
    record("batch_norm", {x, gamma, beta, residual}, y, [=](Tensor const& dy) { return gradients<T>(recorded, dy); });
  });
  return y;
}

Tensor batch_norm_inference(Tensor const& x, Tensor const& gamma, Tensor const& beta, Tensor const& running_mean,
                            Tensor const& running_variance, f32 epsilon, Activation activation,
                            Tensor const& residual) {
  BatchNormShape const shape = norm_shape(x, gamma, beta, running_mean, running_variance, residual);
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  with_float_type("batch_norm", x.dtype(), [&]<class T>() {
    run(heddle::batch_norm_inference<T>, x.device(),
        {.shape = shape,
         .epsilon = epsilon,
         .activation = activation,
         .x = x.data<T>(),
         .gamma = gamma.data<f32>(),
         .beta = beta.data<f32>(),
         .running_mean = running_mean.data<f32>(),
         .running_variance = running_variance.data<f32>(),
         .residual = data_or_null<T>(residual),
         .y = y.data<T>()});
  });
  record("batch_norm_inference", {x, gamma, beta, residual}, y, [](Tensor const&) -> std::vector<Tensor> {
    fail("[batch_norm] has no gradient in inference mode: call set_training(true) before recording");
  });
  return y;
}

}  // namespace heddle::ops
