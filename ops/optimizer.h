// In-place updates of parameters, and the measures of gradients. None is recorded by a Tape.
#pragma once

#include <span>

#include "ops/tensor.h"

namespace heddle::ops {

struct SgdOptions {
  f32 learning_rate = 0, momentum = 0, weight_decay = 0;
  bool nesterov = false;
};

struct AdamWOptions {
  f32 learning_rate = 0, beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f, weight_decay = 0;
};

/// `velocity` is undefined when momentum is 0.
void sgd_step(Tensor& parameter, Tensor const& gradient, Tensor& velocity, SgdOptions const& options);
/// `step` counts from 1.
void adamw_step(Tensor& parameter, Tensor const& gradient, Tensor& first_moment, Tensor& second_moment, i64 step,
                AdamWOptions const& options);
/// The L2 norm of all tensors together; NaN or infinity when an element is.
double global_norm(std::span<Tensor const> tensors);

}  // namespace heddle::ops
