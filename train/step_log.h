// What steps measured, on the device until the host asks for it: no step waits for the one before.
#pragma once

#include "ops/optimizer.h"

namespace heddle::train {

class StepLog {
 public:
  struct Entry {
    StepFigures figures;
    StepState numbers;  // after the update
  };

  /// Room for `capacity` steps between two calls of `read`.
  StepLog(i64 capacity, Device device);

  /// Adds a batch to the step under way, before its update: ops::add_step_figures.
  void add(Tensor const& loss, Tensor const& logits, Tensor const& labels, Tensor const& state);
  /// Ends the step, after its update. Throws an Error where there is no room.
  void end_step(Tensor const& state);

  i64 steps() const { return steps_; }
  bool full() const { return steps_ == figures_.size(0); }
  /// The steps since the last call. Waits for the device.
  std::vector<Entry> read();

 private:
  Tensor figures_, numbers_;  // [capacity, bytes of one] u8
  i64 steps_ = 0;
};

}  // namespace heddle::train
