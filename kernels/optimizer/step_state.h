// What operations on the parameters of a model have in common: the numbers of a step, and lists of tensors.
#pragma once

#include <algorithm>
#include <limits>
#include <span>

#include "kernels/core/operation.h"

namespace heddle {

/// The numbers of a step. They lie on the device, so that a recorded launch (a CUDA graph) finds there those of the
/// step in which it runs again.
struct StepState {
  i64 step = 0;  // updates, with that under way: 1 in the first; gradient_norm adds 1 where it finds all finite
  f32 learning_rate = 0;
  f32 loss_scale = 1;        // the gradients are those of the loss times this
  f32 gradient_scale = 1;    // an update multiplies gradients by this: the clip factor / loss_scale
  i32 finite = 1;            // 0: an update changes nothing
  i32 stopped = 0;           // 1: gradients were not finite at the least loss scale; finite is 0 from then on
  i32 scaled_steps = 0;      // finite ones since the loss scale changed
  double gradient_norm = 0;  // L2, of all gradients together / loss_scale, before they are clipped
};

/// How the loss scale changes (Micikevicius et al. 2018, "Mixed precision training"): it halves where gradients are not
/// finite, and doubles after `growth_steps` finite ones in a row.
struct LossScaling {
  i32 growth_steps = 0;   // 0: it never changes
  f32 least = 0;          // with gradients that are not finite even then, no step is taken any more
  f32 largest = 0x1p24f;  // gradients that are all 0 shall not make it infinite
};

/// What makes the numbers of a step from the norm of its gradients.
struct StepRules {
  double max_norm = 0;  // 0 for no clipping
  LossScaling scaling = {};
  i64 schedule_steps = 0;
  f32 const* learning_rates = nullptr;  // [schedule_steps], of steps 1, 2, …, the last of all after them too; or null
};

/// After a step that was finite or not: the loss scale of the next, and whether there is one.
constexpr void change_loss_scale(LossScaling const& scaling, StepState& state) {
  if (state.finite == 0 && state.loss_scale <= scaling.least) state.stopped = 1;
  if (scaling.growth_steps == 0 || state.stopped != 0) return;
  state.scaled_steps = state.finite != 0 ? state.scaled_steps + 1 : 0;
  if (state.finite == 0) {
    state.loss_scale = std::max(state.loss_scale / 2, scaling.least);
  } else if (state.scaled_steps == scaling.growth_steps) {
    state.loss_scale = std::min(state.loss_scale * 2, scaling.largest);
    state.scaled_steps = 0;
  }
}

/// The numbers of the step whose gradients, those of the loss times the loss scale, have the norm `norm`; and the loss
/// scale of the step after it. The same on every device.
constexpr void finish_step(StepRules const& rules, double norm, StepState& state) {
  state.gradient_norm = norm / static_cast<double>(state.loss_scale);
  bool const finite = norm <= std::numeric_limits<double>::max() && state.stopped == 0;  // false for NaN
  bool const clipped = rules.max_norm > 0 && state.gradient_norm > rules.max_norm;
  double const clip = clipped ? rules.max_norm / state.gradient_norm : 1.0;
  state.finite = finite ? 1 : 0;
  state.gradient_scale = finite ? static_cast<f32>(clip / static_cast<double>(state.loss_scale)) : 0.0f;
  if (finite) {
    if (rules.schedule_steps > 0)
      state.learning_rate = rules.learning_rates[std::min(state.step, rules.schedule_steps - 1)];
    state.step += 1;
  }
  change_loss_scale(rules.scaling, state);
}

/// The elements of all tensors of a list together.
template <class Tensor>
double count_of(std::span<Tensor const> list) {
  double count = 0;
  for (Tensor const& tensor : list) count += static_cast<double>(tensor.count);
  return count;
}

}  // namespace heddle
