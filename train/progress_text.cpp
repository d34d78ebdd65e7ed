#include "train/progress_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace heddle::train {
namespace {

std::string loss_text(double loss) { return std::isfinite(loss) ? fmt::format("{:.4f}", loss) : "diverged"; }

std::string percent(double share) { return std::isfinite(share) ? fmt::format("{:.2f} %", 100 * share) : "unknown"; }

/// A length in characters, all of which are one column wide here.
int width_of(std::string const& text) {
  return static_cast<int>(std::ranges::count_if(text, [](char c) { return (static_cast<u8>(c) & 0xc0) != 0x80; }));
}

std::string meter(BarState const& state, int width) {
  double const share =
      state.total_steps > 0 ? static_cast<double>(state.step) / static_cast<double>(state.total_steps) : 1;
  int const done = std::clamp(static_cast<int>(share * width), 0, width);
  std::string text;
  for (int i = 0; i < width; ++i) text += i < done ? "━" : "─";
  return text;
}

}  // namespace

std::string progress_bar(BarState const& state, int columns) {
  constexpr int least_meter = 8, most_meter = 30;
  std::string const head = fmt::format("epoch {}/{} ", state.epoch, state.epochs);
  std::string const counter = fmt::format(" {}/{}", state.step, state.total_steps);
  bool const timed = state.images_per_s > 0 && std::isfinite(state.images_per_s);
  // In the order in which they are shown, with the rank at which they get a place.
  struct Part {
    int rank;
    std::string text;
    bool shown = false;
  };
  std::array<Part, 5> parts = {{{3, timed ? fmt::format("  {:.0f} images/s", state.images_per_s) : ""},
                                {1, "  loss " + loss_text(state.loss)},
                                {2, "  accuracy " + percent(state.accuracy)},
                                {4, fmt::format("  lr {:.3g}", state.learning_rate)},
                                {0, timed ? fmt::format("  {} left", duration(state.seconds_left)) : ""}}};

  int room = columns - width_of(head) - width_of(counter) - least_meter;
  for (int rank = 0; rank < static_cast<int>(parts.size()); ++rank) {
    Part& part = *std::ranges::find(parts, rank, &Part::rank);
    if (width_of(part.text) > room) break;
    part.shown = true;
    room -= width_of(part.text);
  }
  if (room < 0) return columns >= width_of(counter) ? counter.substr(1) : "";

  std::string line = head + meter(state, std::min(least_meter + room, most_meter)) + counter;
  for (Part const& part : parts)
    if (part.shown) line += part.text;
  return line;
}

std::string epoch_line(EpochMetrics const& metrics, Timing const& timing, i64 epochs) {
  bool const validated = !std::isnan(metrics.validation_accuracy);
  std::string const validation =
      validated ? fmt::format("validation loss {:>8}  accuracy {:>8}", loss_text(metrics.validation_loss),
                              percent(metrics.validation_accuracy))
                : "not validated";
  std::string const speed =
      timing.seconds > 0 && std::isfinite(timing.images_per_s)
          ? fmt::format("  {:>7.0f} images/s  {:>7}", timing.images_per_s, fmt::format("{:.1f} s", timing.seconds))
          : "";
  std::string const skipped =
      metrics.skipped_steps > 0 ? fmt::format("  steps skipped: {}", metrics.skipped_steps) : "";
  return fmt::format("epoch {:>{}}/{}  loss {:>8}  accuracy {:>8}  {}  lr {:<9.4g}{}{}", metrics.epoch,
                     fmt::formatted_size("{}", epochs), epochs, loss_text(metrics.train_loss),
                     percent(metrics.train_accuracy), validation, metrics.learning_rate, speed, skipped);
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds) || seconds > 1e9) return "an unknown time";
  i64 const whole = std::max<i64>(0, std::llround(seconds));
  i64 const hours = whole / 3600, minutes = whole / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                   : fmt::format("{}:{:02}", minutes, whole % 60);
}

}  // namespace heddle::train
