// What a person sees while a run goes on.
#pragma once

#include <string>

#include "train/metrics.h"

namespace heddle::train {

/// A bar that redraws itself on a terminal, and one plain line per epoch elsewhere.
class Progress {
 public:
  Progress(i64 total_steps, i64 epochs, i64 batch_size, i64 first_step);

  /// After each step: images/s, loss, accuracy, learning rate, time left.
  void step(StepMetrics const& step);
  void epoch(EpochMetrics const& epoch, Timing const& timing);
  /// Ends the bar's line and prints `line` on its own.
  void line(std::string const& line);

 private:
  i64 total_steps_, epochs_, batch_size_, first_step_;
  bool terminal_;
};

}  // namespace heddle::train
