#include "train/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace heddle::train {
namespace {

constexpr std::chrono::milliseconds redraw_interval(100);
constexpr double rate_memory_s = 3;    // images/s forget what is older than about this
constexpr double figure_weight = 0.1;  // loss and accuracy: the share of the newest step
constexpr char const* clear_line = "\r\033[K";

bool can_redraw() {
  char const* const kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

int terminal_columns() {
  winsize size = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  char const* const columns = std::getenv("COLUMNS");
  int const named = columns != nullptr ? std::atoi(columns) : 0;
  return named > 0 ? named : 80;
}

}  // namespace

Progress::Progress(i64 total_steps, i64 epochs, i64 batch_size, i64 first_step)
    : total_steps_(total_steps),
      epochs_(epochs),
      batch_size_(batch_size),
      terminal_(can_redraw()),
      mark_step_(first_step),
      mark_time_(Clock::now()) {}

Progress::~Progress() { clear_bar(); }

void Progress::step(StepMetrics const& step) {
  if (!terminal_) return;
  bool const first = bar_.step == 0;
  double const weight = first ? 1 : figure_weight;
  bar_.step = step.step;
  bar_.total_steps = total_steps_;
  bar_.epoch = step.epoch;
  bar_.epochs = epochs_;
  if (!step.skipped) {
    bar_.loss += weight * (step.loss - bar_.loss);
    bar_.accuracy += weight * (step.accuracy - bar_.accuracy);
  }
  bar_.learning_rate = step.learning_rate;

  Clock::time_point const now = Clock::now();
  if (!first && now - drawn_ < redraw_interval) return;
  measure_rate(step.step, now);
  // The last column stays free: some terminals wrap as soon as it is written.
  fmt::print(stderr, "{}{}", clear_line, progress_bar(bar_, terminal_columns() - 1));
  std::fflush(stderr);
  drawn_ = now;
  bar_shown_ = true;
}

void Progress::measure_rate(i64 step, Clock::time_point now) {
  double const seconds = std::chrono::duration<double>(now - mark_time_).count();
  if (seconds <= 0 || step <= mark_step_) return;
  double const rate = static_cast<double>((step - mark_step_) * batch_size_) / seconds;
  double const weight = bar_.images_per_s > 0 ? 1 - std::exp(-seconds / rate_memory_s) : 1;
  bar_.images_per_s += weight * (rate - bar_.images_per_s);
  bar_.seconds_left = static_cast<double>((total_steps_ - step) * batch_size_) / bar_.images_per_s;
  mark_step_ = step;
  mark_time_ = now;
}

void Progress::epoch(EpochMetrics const& epoch, Timing const& timing) {
  line(epoch_line(epoch, timing, epochs_));
  // The time of the evaluation is not that of a step.
  mark_step_ = epoch.step;
  mark_time_ = Clock::now();
}

void Progress::line(std::string const& line) {
  clear_bar();
  if (line.empty()) return;
  std::fputs((line + "\n").c_str(), stdout);  // a reader that went away is no reason to end a run
  std::fflush(stdout);
}

void Progress::clear_bar() {
  if (!bar_shown_) return;
  std::fputs(clear_line, stderr);
  std::fflush(stderr);
  bar_shown_ = false;
}

}  // namespace heddle::train
