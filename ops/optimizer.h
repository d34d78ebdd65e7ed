// In-place updates of lists of parameters, and the norm and the scale of their gradients.
#pragma once

#include <span>

#include "kernels/optimizer/step_state.h"
#include "ops/tensor.h"

namespace heddle::ops {

/// The numbers of a step, on a device: all that may change between two runs of recorded launches.
Tensor make_step_state(StepState const& state, Device device);
/// Waits for the device.
StepState read_step_state(Tensor const& state);

struct SgdOptions {
  f32 momentum = 0;
  bool nesterov = false;
};

/// A parameter, and what its update needs: all of one shape and on one device.
struct SgdParameter {
  Tensor parameter;      // f32
  Tensor gradient;       // f32, f16 or bf16
  Tensor velocity = {};  // f32, zero before the first step; undefined when momentum is 0
  Tensor copy = {};      // receives the parameter in the type of the gradient; undefined for none
  f32 weight_decay = 0;
};

/// One pass over all parameters whose gradients are of one type (kernels/optimizer/sgd.h).
void sgd_step(std::span<SgdParameter const> list, SgdOptions const& options, Tensor const& state);

struct AdamWOptions {
  f32 beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
};

struct AdamWParameter {
  Tensor parameter;                    // f32
  Tensor gradient;                     // f32, f16 or bf16
  Tensor first_moment, second_moment;  // f32, zero before the first step
  Tensor copy = {};                    // receives the parameter in the type of the gradient; undefined for none
  f32 weight_decay = 0;
};

/// Likewise (kernels/optimizer/adamw.h). The step of the state counts from 1.
void adamw_step(std::span<AdamWParameter const> list, AdamWOptions const& options, Tensor const& state);

struct StepOptions {
  double max_norm = 0;  // of the gradients that are used; 0: any
  LossScaling scaling = {};
  Tensor learning_rates = {};  // [steps] in f32; undefined: the state's stays
};

/// Writes into `state`, without waiting for the device, the L2 norm of all gradients together, whether it is finite,
/// the scale that clips it and divides the loss scale out, and the learning rate of the step, which it counts; then the
/// loss scale of the next step (kernels/optimizer/gradient_norm.h). Gradients are of f32 and of one half type at most.
void gradient_norm(std::span<Tensor const> gradients, StepOptions const& options, Tensor const& state);

/// x itself, whose gradient, on the way back, is multiplied by the loss scale of `state` at that time. With an x of f32
/// that a half type is cast to just before the loss, no gradient is rounded to a half type without it.
Tensor scale_gradient(Tensor const& x, Tensor const& state);

}  // namespace heddle::ops
