#include "train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/support/error.h"

namespace heddle::train {
namespace {

// The formulas of schedule.h cost a handful of double roundings.
constexpr double close = 1e-12;

TEST(Schedule, WarmUpRisesLinearlyToThePeakAndThenTheScheduleStarts) {
  for (auto const kind : {ScheduleKind::constant, ScheduleKind::exponential, ScheduleKind::cosine}) {
    ScheduleOptions const options = {.kind = kind, .learning_rate = 0.5, .warmup_steps = 4};
    for (i64 step = 0; step < 4; ++step)
      EXPECT_NEAR(learning_rate(options, step, 20), 0.5 * static_cast<double>(step + 1) / 4, close);
    EXPECT_NEAR(learning_rate(options, 4, 20), 0.5, close);
  }
}

TEST(Schedule, ConstantStays) {
  for (i64 step = 0; step < 5; ++step) EXPECT_EQ(learning_rate({.learning_rate = 0.3}, step, 5), 0.3);
}

TEST(Schedule, StepDropsAtItsMilestones) {
  ScheduleOptions const options = {
      .kind = ScheduleKind::step, .learning_rate = 1, .milestones = {0.5, 0.75}, .step_factor = 0.1};
  EXPECT_NEAR(learning_rate(options, 49, 100), 1, close);
  EXPECT_NEAR(learning_rate(options, 50, 100), 0.1, close);
  EXPECT_NEAR(learning_rate(options, 74, 100), 0.1, close);
  EXPECT_NEAR(learning_rate(options, 75, 100), 0.01, close);
  EXPECT_NEAR(learning_rate(options, 99, 100), 0.01, close);
}

TEST(Schedule, MilestonesAreSharesOfAllStepsWarmUpIncluded) {
  ScheduleOptions const options = {
      .kind = ScheduleKind::step, .learning_rate = 1, .warmup_steps = 40, .milestones = {0.5}, .step_factor = 0.1};
  EXPECT_NEAR(learning_rate(options, 49, 100), 1, close);
  EXPECT_NEAR(learning_rate(options, 50, 100), 0.1, close);
}

TEST(Schedule, ExponentialIsAPowerOfItsEnd) {
  ScheduleOptions const options = {.kind = ScheduleKind::exponential, .learning_rate = 2, .final_factor = 0.01};
  for (i64 step = 0; step < 10; ++step)
    EXPECT_NEAR(learning_rate(options, step, 10), 2 * std::pow(0.01, static_cast<double>(step) / 10), close);
}

TEST(Schedule, CosineFollowsItsFormulaAfterWarmUp) {
  ScheduleOptions const options = {
      .kind = ScheduleKind::cosine, .learning_rate = 0.4, .warmup_steps = 10, .final_factor = 0.1};
  for (i64 step = 10; step < 110; ++step) {
    double const t = static_cast<double>(step - 10) / 100;
    double const expected = 0.4 * (0.1 + 0.9 * 0.5 * (1 + std::cos(std::numbers::pi * t)));
    EXPECT_NEAR(learning_rate(options, step, 110), expected, close) << step;
  }
}

TEST(Schedule, OneCycleIsLinearOnBothSidesOfItsPeak) {
  ScheduleOptions const options = {
      .kind = ScheduleKind::one_cycle, .learning_rate = 1, .final_factor = 0.1, .start_factor = 0.2, .peak_at = 0.25};
  EXPECT_NEAR(learning_rate(options, 0, 100), 0.2, close);
  EXPECT_NEAR(learning_rate(options, 10, 100), 0.2 + 0.8 * 10 / 25, close);
  EXPECT_NEAR(learning_rate(options, 25, 100), 1, close);
  EXPECT_NEAR(learning_rate(options, 55, 100), 1 - 0.9 * 30 / 75, close);
}

TEST(Schedule, OneCycleMayPeakAtEitherEnd) {
  ScheduleOptions options = {.kind = ScheduleKind::one_cycle, .learning_rate = 1, .final_factor = 0, .peak_at = 0};
  EXPECT_NEAR(learning_rate(options, 0, 10), 1, close);
  EXPECT_NEAR(learning_rate(options, 5, 10), 0.5, close);
  options.peak_at = 1;
  options.start_factor = 0.5;
  EXPECT_NEAR(learning_rate(options, 5, 10), 0.75, close);
}

TEST(Schedule, ARunThatIsAllWarmUpIsFine) {
  EXPECT_NEAR(learning_rate({.kind = ScheduleKind::cosine, .learning_rate = 1, .warmup_steps = 100}, 9, 10), 0.1,
              close);
}

TEST(Schedule, RefusesStepsOutsideTheRunAndUnknownNames) {
  EXPECT_EQ(testing::error_of([] { learning_rate({}, 10, 10); }),
            "[learning_rate] step must be in [0, total): step=10, total=10");
  EXPECT_EQ(schedule_from_name("one-cycle"), ScheduleKind::one_cycle);
  EXPECT_EQ(schedule_from_name("constant"), ScheduleKind::constant);
  EXPECT_EQ(testing::error_of([] { schedule_from_name("linear"); }),
            "[schedule] must be constant, step, exponential, cosine or one-cycle: linear");
}

}  // namespace
}  // namespace heddle::train
