#include "kernels/norm/batch_norm.h"
#include "ops/norm.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

BatchNormShape norm_shape(Tensor const& x, Tensor const& gamma, Tensor const& beta) {
  require_same_device("batch_norm", x, gamma, beta);
  i64 const channels = x.size(-1);
  require_shape("batch_norm", "gamma", gamma, {channels});
  require_shape("batch_norm", "beta", beta, {channels});
  return {.rows = channels == 0 ? 0 : x.count() / channels, .channels = channels};
}

void require_running(Tensor const& x, Tensor const& running, std::string_view what) {
  if (!running.defined()) return;
  require_same_device("batch_norm", x, running);
  require_shape("batch_norm", what, running, {x.size(-1)});
}

f32* data_or_null(Tensor const& tensor) { return tensor.defined() ? tensor.data<f32>() : nullptr; }

}  // namespace

Tensor batch_norm_training(Tensor const& x, Tensor const& gamma, Tensor const& beta, Tensor running_mean,
                           Tensor running_variance, f32 momentum, f32 epsilon) {
  BatchNormShape const shape = norm_shape(x, gamma, beta);
  require_running(x, running_mean, "running_mean");
  require_running(x, running_variance, "running_variance");
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  Tensor const mean = Tensor::empty({shape.channels}, DType::f32, x.device());
  Tensor const rstd = Tensor::empty({shape.channels}, DType::f32, x.device());
  run(Operation<BatchNormTrainingArgs<f32>>{.name = "batch_norm_training", .cpu = cpu::batch_norm_training}, x.device(),
      BatchNormTrainingArgs<f32>{.shape = shape,
                                 .epsilon = epsilon,
                                 .momentum = momentum,
                                 .x = x.data<f32>(),
                                 .gamma = gamma.data<f32>(),
                                 .beta = beta.data<f32>(),
                                 .y = y.data<f32>(),
                                 .mean = mean.data<f32>(),
                                 .rstd = rstd.data<f32>(),
                                 .running_mean = data_or_null(running_mean),
                                 .running_variance = data_or_null(running_variance)});
  record("batch_norm", {x, gamma, beta}, y, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty(x.shape(), x.dtype(), x.device());
    Tensor dgamma = Tensor::empty(gamma.shape(), DType::f32, x.device());
    Tensor dbeta = Tensor::empty(gamma.shape(), DType::f32, x.device());
    run(Operation<BatchNormBackwardArgs<f32>>{.name = "batch_norm_backward", .cpu = cpu::batch_norm_backward},
        x.device(),
        BatchNormBackwardArgs<f32>{.shape = shape,
                                   .x = x.data<f32>(),
                                   .dy = dy.data<f32>(),
                                   .gamma = gamma.data<f32>(),
                                   .mean = mean.data<f32>(),
                                   .rstd = rstd.data<f32>(),
                                   .dx = dx.data<f32>(),
                                   .dgamma = dgamma.data<f32>(),
                                   .dbeta = dbeta.data<f32>()});
    return std::vector{dx, dgamma, dbeta};
  });
  return y;
}

Tensor batch_norm_inference(Tensor const& x, Tensor const& gamma, Tensor const& beta, Tensor const& running_mean,
                            Tensor const& running_variance, f32 epsilon) {
  BatchNormShape const shape = norm_shape(x, gamma, beta);
  require_running(x, running_mean, "running_mean");
  require_running(x, running_variance, "running_variance");
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  run(Operation<BatchNormInferenceArgs<f32>>{.name = "batch_norm_inference", .cpu = cpu::batch_norm_inference},
      x.device(),
      BatchNormInferenceArgs<f32>{.shape = shape,
                                  .epsilon = epsilon,
                                  .x = x.data<f32>(),
                                  .gamma = gamma.data<f32>(),
                                  .beta = beta.data<f32>(),
                                  .running_mean = running_mean.data<f32>(),
                                  .running_variance = running_variance.data<f32>(),
                                  .y = y.data<f32>()});
  record("batch_norm_inference", {x, gamma, beta}, y, [](Tensor const&) -> std::vector<Tensor> {
    fail("[batch_norm] has no gradient in inference mode: call set_training(true) before recording");
  });
  return y;
}

}  // namespace heddle::ops
