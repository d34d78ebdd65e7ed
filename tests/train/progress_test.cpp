#include "train/progress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace heddle::train {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

BarState const half_way = {.step = 500,
                           .total_steps = 1000,
                           .epoch = 2,
                           .epochs = 4,
                           .loss = 0.51234,
                           .accuracy = 0.875,
                           .learning_rate = 0.05,
                           .images_per_s = 1234.4,
                           .seconds_left = 75};

bool contains(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

int columns_of(std::string const& text) {
  return static_cast<int>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

TEST(ProgressBar, ShowsEverythingWhereThereIsRoom) {
  EXPECT_EQ(progress_bar(half_way, 200),
            "epoch 2/4 ━━━━━━━━━━━━━━━─────────────── 500/1000  1234 images/s  loss 0.5123  accuracy 87.50 %  lr 0.05"
            "  1:15 left");
}

TEST(ProgressBar, FitsEveryWidthAndKeepsTheTimeLeftLongest) {
  for (int columns = 0; columns <= 200; ++columns) {
    std::string const bar = progress_bar(half_way, columns);
    EXPECT_LE(columns_of(bar), columns) << bar;
    EXPECT_TRUE(!contains(bar, "lr") || contains(bar, "images/s")) << bar;
    EXPECT_TRUE(!contains(bar, "loss") || contains(bar, "left")) << bar;
  }
  EXPECT_TRUE(contains(progress_bar(half_way, 79), "loss 0.5123"));
  EXPECT_EQ(progress_bar(half_way, 9), "500/1000");
}

TEST(ProgressBar, LeavesOutWhatIsNotKnownYet) {
  BarState state = half_way;
  state.images_per_s = 0;
  std::string const bar = progress_bar(state, 200);
  EXPECT_FALSE(contains(bar, "images/s"));
  EXPECT_FALSE(contains(bar, "left"));
}

TEST(ProgressBar, TakesNoSteps) { EXPECT_TRUE(contains(progress_bar({}, 100), "0/0")); }

TEST(ProgressText, NeverPrintsNanOrInfinity) {
  BarState state = half_way;
  state.loss = nan;
  state.accuracy = nan;
  EXPECT_TRUE(contains(progress_bar(state, 200), "loss diverged  accuracy unknown"));
  std::string const line = epoch_line({1, 10, infinity, 0.5, nan, nan, 0.1}, {1, 0, infinity}, 3);
  EXPECT_TRUE(contains(line, "loss diverged")) << line;
  EXPECT_TRUE(contains(line, "not validated")) << line;
  EXPECT_FALSE(contains(line, "nan") || contains(line, "inf")) << line;
}

TEST(ProgressText, TellsOfSkippedSteps) {
  EpochMetrics metrics = {1, 10, 0.5, 0.5, nan, nan, 0.1};
  EXPECT_FALSE(contains(epoch_line(metrics, {1, 1, 1}, 3), "skipped"));
  metrics.skipped_steps = 2;
  EXPECT_TRUE(epoch_line(metrics, {1, 1, 1}, 3).ends_with("  steps skipped: 2"));
}

TEST(ProgressText, EpochLinesAlign) {
  std::string const first = epoch_line({9, 10, 2.345678, 0.0512, 0.4, 1, 0.1}, {9, 12.34, 987}, 12);
  std::string const second = epoch_line({10, 20, 12.5, 0.99, 3, 0.5, 1.25e-5}, {10, 9.1, 12345}, 12);
  EXPECT_EQ(first,
            "epoch  9/12  loss   2.3457  accuracy   5.12 %  validation loss   0.4000  accuracy 100.00 %  lr 0.1      "
            "      987 images/s   12.3 s");
  EXPECT_EQ(first.size(), second.size()) << second;
}

TEST(ProgressText, Durations) {
  EXPECT_EQ(duration(6.6), "0:07");
  EXPECT_EQ(duration(59.6), "1:00");
  EXPECT_EQ(duration(754), "12:34");
  EXPECT_EQ(duration(3723), "1:02:03");
  EXPECT_EQ(duration(-1), "0:00");
  EXPECT_EQ(duration(nan), "an unknown time");
}

TEST(Progress, PrintsLinesOnlyWhereThereIsNoTerminal) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  {
    Progress progress(6, 2, 32, 0);
    for (i64 step = 1; step <= 6; ++step) {
      progress.step({step, (step + 2) / 3, 1, 0.5, 0.1, 1});
      if (step % 3 == 0) progress.epoch({step / 3, step, 1, 0.5, 1, 0.5, 0.1}, {step / 3, 1, 96});
    }
    progress.line("");
    progress.line("done");
  }
  std::string const out = ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(std::ranges::count(out, '\n'), 3) << out;
  EXPECT_TRUE(out.starts_with("epoch 1/2")) << out;
  EXPECT_TRUE(out.ends_with("\ndone\n")) << out;
}

}  // namespace
}  // namespace heddle::train
