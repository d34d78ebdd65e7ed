#include "train/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "kernels/core/error.h"

namespace heddle::train {
namespace {

double one_cycle_factor(ScheduleOptions const& options, double t) {
  if (t < options.peak_at) return std::lerp(options.start_factor, 1.0, t / options.peak_at);
  if (options.peak_at == 1) return 1;
  return std::lerp(1.0, options.final_factor, (t - options.peak_at) / (1 - options.peak_at));
}

double factor(ScheduleOptions const& options, double t, double share) {
  switch (options.kind) {
    case ScheduleKind::constant:
      return 1;
    case ScheduleKind::step: {
      auto const passed =
          std::ranges::count_if(options.milestones, [&](double milestone) { return share >= milestone; });
      return std::pow(options.step_factor, static_cast<double>(passed));
    }
    case ScheduleKind::exponential:
      return std::pow(options.final_factor, t);
    case ScheduleKind::cosine:
      return std::lerp(options.final_factor, 1.0, (1 + std::cos(std::numbers::pi * t)) / 2);
    case ScheduleKind::one_cycle:
      return one_cycle_factor(options, t);
  }
  fail("[learning_rate] unknown schedule: ", static_cast<int>(options.kind));
}

}  // namespace

double learning_rate(ScheduleOptions const& options, i64 step, i64 total) {
  check(0 <= step && step < total, "[learning_rate] step must be in [0, total): step=", step, ", total=", total);
  if (step < options.warmup_steps)
    return options.learning_rate * static_cast<double>(step + 1) / static_cast<double>(options.warmup_steps);
  double const t = static_cast<double>(step - options.warmup_steps) / static_cast<double>(total - options.warmup_steps);
  double const share = static_cast<double>(step) / static_cast<double>(total);
  return options.learning_rate * factor(options, t, share);
}

ScheduleKind schedule_from_name(std::string_view name) {
  static constexpr std::array<std::string_view, 5> names = {"constant", "step", "exponential", "cosine", "one-cycle"};
  auto const found = std::ranges::find(names, name);
  check(found != names.end(), "[schedule] must be constant, step, exponential, cosine or one-cycle: ", name);
  return static_cast<ScheduleKind>(found - names.begin());
}

}  // namespace heddle::train
