#include "train/step_numbers.h"

#include "kernels/core/error.h"
#include "ops/elementwise.h"

namespace heddle::train {
namespace {

constexpr i64 most_steps = i64{1} << 26;  // 256 MB of learning rates

Tensor learning_rates(ScheduleOptions const& schedule, i64 steps, Device device) {
  check(steps <= most_steps, "[train] too many steps: ", steps, ", at most ", most_steps,
        "; take fewer epochs or larger batches");
  std::vector<f32> rates;
  for (i64 step = 0; step < steps; ++step) rates.push_back(static_cast<f32>(learning_rate(schedule, step, steps)));
  return Tensor::from(rates, {steps}, device);
}

}  // namespace

StepNumbers::StepNumbers(StepNumbersOptions const& options, Device device)
    : scales_loss_(options.loss_scale.first != 1 || options.loss_scale.growth_steps > 0),
      options_{.max_norm = options.clip_norm,
               .scaling = {.growth_steps = options.loss_scale.growth_steps, .least = 1},
               .learning_rates = learning_rates(options.schedule, options.total_steps, device)},
      state_(ops::make_step_state({.loss_scale = options.loss_scale.first}, device)) {}

Tensor StepNumbers::for_loss(Tensor const& logits) const {
  Tensor const wide = ops::cast(logits, DType::f32);
  return scales_loss_ ? ops::scale_gradient(wide, state_) : wide;
}

void StepNumbers::finish(std::vector<Tensor> const& gradients) const {
  ops::gradient_norm(gradients, options_, state_);
}

void StepNumbers::save(Checkpoint& checkpoint) const {
  StepState const state = read();
  checkpoint.put("updates", state.step);
  checkpoint.put("loss_scale", static_cast<double>(state.loss_scale));
  checkpoint.put("loss_scale_steps", i64{state.scaled_steps});
}

void StepNumbers::restore(Checkpoint const& checkpoint) {
  i64 const updates = checkpoint.integer("updates"), scaled = checkpoint.integer("loss_scale_steps");
  double const scale = checkpoint.number("loss_scale");
  check(updates >= 0 && scale >= 1 && scaled >= 0 && scaled <= most_steps,
        "[trainer] the checkpoint's updates, loss scale or its steps make no sense: ", updates, ", ", scale, ", ",
        scaled);
  state_.copy_from(ops::make_step_state(
      {.step = updates, .loss_scale = static_cast<f32>(scale), .scaled_steps = static_cast<i32>(scaled)}, Device::cpu));
}

}  // namespace heddle::train
