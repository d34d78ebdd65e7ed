// What a person sees while a run goes on.
#pragma once

#include <chrono>
#include <string>

#include "train/metrics.h"
#include "train/progress_text.h"

namespace heddle::train {

/// One line per epoch on standard output and, where standard error is a terminal, a bar below them that redraws itself
/// at most 10 times a second.
class Progress {
 public:
  Progress(i64 total_steps, i64 epochs, i64 batch_size, i64 first_step);
  ~Progress();
  Progress(Progress const&) = delete;
  Progress& operator=(Progress const&) = delete;

  /// After each step: images/s, loss, accuracy, learning rate, time left.
  void step(StepMetrics const& step);
  void epoch(EpochMetrics const& epoch, Timing const& timing);
  /// Takes the bar away and prints `line` on its own; "" prints nothing.
  void line(std::string const& line);

 private:
  using Clock = std::chrono::steady_clock;

  void measure_rate(i64 step, Clock::time_point now);
  void clear_bar();

  i64 total_steps_, epochs_, batch_size_;
  bool terminal_, bar_shown_ = false;
  BarState bar_;
  i64 mark_step_;  // images/s are measured from here on
  Clock::time_point mark_time_, drawn_ = {};
};

}  // namespace heddle::train
