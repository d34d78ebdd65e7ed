// The wording and layout of what Progress shows.
#pragma once

#include <string>

#include "train/metrics.h"

namespace heddle::train {

struct BarState {
  i64 step = 0, total_steps = 0, epoch = 0, epochs = 0;
  double loss = 0, accuracy = 0, learning_rate = 0;
  double images_per_s = 0;  // 0: not known yet
  double seconds_left = 0;  // with images_per_s only
};

/// One line of at most `columns` characters; figures that find no place are left out, the least important first.
std::string progress_bar(BarState const& state, int columns);

/// One line, aligned with those of the other epochs.
std::string epoch_line(EpochMetrics const& metrics, Timing const& timing, i64 epochs);

/// "0:07", "12:34", "1:02:03".
std::string duration(double seconds);

}  // namespace heddle::train
