// The course of the learning rate: a pure function of the step.
#pragma once

#include <string_view>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::train {

enum class ScheduleKind : u8 {
  constant,     // 1
  step,         // step_factor^(milestones passed)
  exponential,  // final_factor^t
  cosine,       // final_factor + (1 - final_factor) (1 + cos(pi t)) / 2 (Loshchilov, Hutter 2017, arXiv:1608.03983)
  one_cycle,    // linear from start_factor to 1 at t = peak_at, then to final_factor (Smith, Topin, arXiv:1708.07120)
};

struct ScheduleOptions {
  ScheduleKind kind = ScheduleKind::constant;
  double learning_rate = 0.1;  // at the peak
  i64 warmup_steps = 0;
  std::vector<double> milestones = {};  // shares of the run
  double step_factor = 0.1;
  double final_factor = 0.001, start_factor = 0.04;
  double peak_at = 0.25;
};

/// The learning rate of a step that counts from 0, of `total` steps. Steps before warmup_steps rise linearly:
/// learning_rate * (step + 1) / warmup_steps. For those after, t = (step - warmup_steps) / (total - warmup_steps) runs
/// over [0, 1) and the rate is learning_rate times the factor beside each kind. Milestones count shares of all steps.
double learning_rate(ScheduleOptions const& options, i64 step, i64 total);

/// The kind of that name, "one-cycle" for one_cycle; throws an Error for any other.
ScheduleKind schedule_from_name(std::string_view name);

}  // namespace heddle::train
