// The CPU batch normalisation on vectors. Outputs are NaN before a call, so that an element left out shows.
#pragma once

#include <limits>
#include <vector>

#include "kernels/norm/batch_norm.h"

namespace heddle::testing {

inline constexpr f32 batch_norm_epsilon = 1e-5f;

struct BatchNormInputs {
  BatchNormShape shape;
  std::vector<f32> x, dy, gamma, beta, running_mean, running_variance;
};

struct BatchNormTraining {
  std::vector<f32> y, mean, rstd, running_mean, running_variance;
};

struct BatchNormGradients {
  std::vector<f32> dx, dgamma, dbeta;
};

inline std::vector<f32> poison_like(std::vector<f32> const& values) {
  return std::vector<f32>(values.size(), std::numeric_limits<f32>::quiet_NaN());
}

inline BatchNormTraining train(BatchNormInputs const& in) {
  BatchNormTraining out = {poison_like(in.x), poison_like(in.gamma), poison_like(in.gamma), in.running_mean,
                           in.running_variance};
  cpu::batch_norm_training<f32>({.shape = in.shape,
                                 .epsilon = batch_norm_epsilon,
                                 .x = in.x.data(),
                                 .gamma = in.gamma.data(),
                                 .beta = in.beta.data(),
                                 .y = out.y.data(),
                                 .mean = out.mean.data(),
                                 .rstd = out.rstd.data(),
                                 .running_mean = out.running_mean.data(),
                                 .running_variance = out.running_variance.data()},
                                {});
  return out;
}

inline std::vector<f32> infer(BatchNormInputs const& in) {
  std::vector<f32> y = poison_like(in.x);
  cpu::batch_norm_inference<f32>({.shape = in.shape,
                                  .epsilon = batch_norm_epsilon,
                                  .x = in.x.data(),
                                  .gamma = in.gamma.data(),
                                  .beta = in.beta.data(),
                                  .running_mean = in.running_mean.data(),
                                  .running_variance = in.running_variance.data(),
                                  .y = y.data()},
                                 {});
  return y;
}

inline BatchNormGradients gradients(BatchNormInputs const& in, std::vector<f32> const& mean,
                                    std::vector<f32> const& rstd) {
  BatchNormGradients out = {poison_like(in.x), poison_like(in.gamma), poison_like(in.gamma)};
  cpu::batch_norm_backward<f32>({.shape = in.shape,
                                 .x = in.x.data(),
                                 .dy = in.dy.data(),
                                 .gamma = in.gamma.data(),
                                 .beta = in.beta.data(),
                                 .mean = mean.data(),
                                 .rstd = rstd.data(),
                                 .dx = out.dx.data(),
                                 .dgamma = out.dgamma.data(),
                                 .dbeta = out.dbeta.data()},
                                {});
  return out;
}

}  // namespace heddle::testing
