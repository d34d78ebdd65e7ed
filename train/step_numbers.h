// The numbers of a step, on the device: no step has to wait for the one before.
#pragma once

#include "ops/optimizer.h"
#include "train/checkpoint.h"
#include "train/schedule.h"

namespace heddle::train {

/// The factor of the loss that keeps its gradients within the range of a half type (Micikevicius et al. 2018, "Mixed
/// precision training"). Steps whose gradients are not finite all the same are left out: no weight, no moment changes,
/// and the schedule does not advance. Each halves the factor, down to 1.
struct LossScaleOptions {
  f32 first = 1;
  i32 growth_steps = 0;  // finite steps in a row after which it doubles; 0: it never changes
};

struct StepNumbersOptions {
  ScheduleOptions schedule = {};
  i64 total_steps = 1;
  double clip_norm = 0;  // 0: any
  LossScaleOptions loss_scale = {};
};

class StepNumbers {
 public:
  /// Throws an Error for more steps than a table of learning rates may have.
  StepNumbers(StepNumbersOptions const& options, Device device);

  /// What the loss is made from: the logits in f32, whose gradient is multiplied by the loss scale.
  Tensor for_loss(Tensor const& logits) const;
  /// Before an update: the norm of the gradients, and all that follows from it (ops::gradient_norm).
  void finish(std::vector<Tensor> const& gradients) const;
  /// What updates read.
  Tensor const& state() const { return state_; }
  /// Waits for the device.
  StepState read() const { return ops::read_step_state(state_); }

  void save(Checkpoint& checkpoint) const;
  void restore(Checkpoint const& checkpoint);

 private:
  bool scales_loss_;
  ops::StepOptions options_;
  Tensor state_;
};

}  // namespace heddle::train
