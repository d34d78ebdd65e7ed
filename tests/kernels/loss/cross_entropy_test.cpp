#include "kernels/loss/cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr double u = 0x1p-24;
// Everything but the exponential kept in dlogits is in double: it and the result are rounded, as is a fixture.
Bound const loss_bound = close_bound(2.01 * u, 1e-12);
Bound gradient_bound(double target_sum) { return close_bound(2.01 * u, 1.01 * u * target_sum); }

struct Result {
  std::vector<f32> loss, dlogits;
};

/// Runs with both outputs poisoned.
Result run(CrossEntropyArgs<f32> args) {
  Result result = {std::vector<f32>(static_cast<std::size_t>(args.rows), NAN),
                   std::vector<f32>(static_cast<std::size_t>(args.rows * args.classes), NAN)};
  args.loss = result.loss.data();
  args.dlogits = result.dlogits.data();
  cpu::cross_entropy(args, {});
  return result;
}

std::vector<i32> labels_below(i64 classes, i64 rows) {
  std::vector<i32> labels(static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < labels.size(); ++i)
    labels[i] = static_cast<i32>(uniform_below(philox(9, 0, i)[0], static_cast<u32>(classes)));
  return labels;
}

TEST(CrossEntropy, AgreesWithPyTorch) {
  auto const file = fixture("loss");
  auto const logits = values(file, "logits"), targets = values(file, "targets"), weights = values(file, "weights");
  auto const labels = file.at("labels").to_vector<i32>();
  i64 const rows = file.at("logits").size(0), classes = file.at("logits").size(1);
  for (f32 const smoothing : {0.0f, 0.125f}) {
    for (bool const weighted : {false, true}) {
      CrossEntropyArgs<f32> args{.rows = rows,
                                 .classes = classes,
                                 .smoothing = smoothing,
                                 .logits = logits.data(),
                                 .weights = weighted ? weights.data() : nullptr};
      std::string const prefix = weighted ? "weighted_" : "";
      std::string const hard = prefix + (smoothing == 0 ? "hard" : "smoothed");
      std::string const soft = prefix + (smoothing == 0 ? "soft" : "soft_smoothed");
      args.labels = labels.data();
      Result const by_label = run(args);
      EXPECT_TRUE(within(by_label.loss, values(file, hard + ".loss"), loss_bound)) << hard;
      EXPECT_TRUE(within(by_label.dlogits, values(file, hard + ".dlogits"), gradient_bound(1.5))) << hard;
      args.labels = nullptr;
      args.targets = targets.data();
      Result const by_target = run(args);
      EXPECT_TRUE(within(by_target.loss, values(file, soft + ".loss"), loss_bound)) << soft;
      EXPECT_TRUE(within(by_target.dlogits, values(file, soft + ".dlogits"), gradient_bound(17))) << soft;
    }
  }
}

/// -sum_j t_j log_softmax(x)_j, the formula.
double loss_in_double(std::vector<double> const& x, std::vector<double> const& target) {
  double sum = 0, loss = 0;
  for (double const value : x) sum += std::exp(value);
  for (std::size_t j = 0; j < x.size(); ++j) loss += target[j] * (std::log(sum) - x[j]);
  return loss;
}

/// Compares with the formula and its central differences; `targets` [rows, classes] before smoothing.
void expect_differences(CrossEntropyArgs<f32> const& args, std::vector<f32> const& targets) {
  constexpr double step = 1e-5;
  Result const result = run(args);
  std::vector<double> loss, dlogits;
  double largest_sum = 0;
  for (i64 row = 0; row < args.rows; ++row) {
    std::vector<double> x(args.logits + row * args.classes, args.logits + (row + 1) * args.classes), target;
    for (i64 j = 0; j < args.classes; ++j)
      target.push_back((1 - args.smoothing) * targets[static_cast<std::size_t>(row * args.classes + j)] +
                       args.smoothing / static_cast<double>(args.classes));
    largest_sum = std::max(largest_sum, std::accumulate(target.begin(), target.end(), 0.0));
    loss.push_back(loss_in_double(x, target));
    for (double& value : x) {
      double const centre = value;
      value = centre + step;
      double const above = loss_in_double(x, target);
      value = centre - step;
      dlogits.push_back((above - loss_in_double(x, target)) / (2 * step));
      value = centre;
    }
  }
  EXPECT_TRUE(within(result.loss, loss, loss_bound));
  EXPECT_TRUE(within(result.dlogits, dlogits, close_bound(2.01 * u, 1.01 * u * largest_sum + 1e-9)));
}

TEST(CrossEntropy, GradientAgreesWithFiniteDifferences) {
  i64 const rows = 9, classes = 7;
  auto const logits = uniform(rows * classes, 1, -4, 4), soft = uniform(rows * classes, 5, 0, 1);
  auto const labels = labels_below(classes, rows);
  std::vector<f32> one_hot(logits.size(), 0.0f);
  for (std::size_t row = 0; row < labels.size(); ++row)
    one_hot[row * classes + static_cast<std::size_t>(labels[row])] = 1;
  CrossEntropyArgs<f32> args{.rows = rows, .classes = classes, .smoothing = 0.25f, .logits = logits.data()};
  args.labels = labels.data();
  expect_differences(args, one_hot);
  args.labels = nullptr;
  args.targets = soft.data();
  expect_differences(args, soft);
}

TEST(CrossEntropy, GradientOfARowSumsToZero) {
  i64 const rows = 40, classes = 1003;
  auto const logits = uniform(rows * classes, 2, -20, 20);
  auto const labels = labels_below(classes, rows);
  Result const result =
      run({.rows = rows, .classes = classes, .smoothing = 0.1f, .logits = logits.data(), .labels = labels.data()});
  for (auto row = result.dlogits.begin(); row != result.dlogits.end(); row += classes) {
    double const magnitude = std::accumulate(row, row + classes, 0.0, [](double a, f32 b) { return a + std::abs(b); });
    EXPECT_NEAR(std::accumulate(row, row + classes, 0.0), 0, 2.1 * u * (magnitude + 1));
  }
}

TEST(CrossEntropy, OneHotTargetsAreLabels) {
  i64 const rows = 50, classes = 13;
  auto const logits = uniform(rows * classes, 3, -5, 5);
  auto const labels = labels_below(classes, rows);
  std::vector<f32> targets(logits.size(), 0.0f);
  for (std::size_t row = 0; row < labels.size(); ++row)
    targets[row * classes + static_cast<std::size_t>(labels[row])] = 1;
  CrossEntropyArgs<f32> args{.rows = rows, .classes = classes, .smoothing = 0.1f, .logits = logits.data()};
  args.labels = labels.data();
  Result const by_label = run(args);
  args.labels = nullptr;
  args.targets = targets.data();
  Result const by_target = run(args);
  EXPECT_TRUE(within(by_label.loss, by_target.loss, loss_bound));
  EXPECT_TRUE(within(by_label.dlogits, by_target.dlogits, gradient_bound(1)));
}

TEST(CrossEntropy, IgnoredRowsHaveNoLossAndNoGradient) {
  std::vector<f32> const logits = {1, 2, NAN, HUGE_VALF, 3, 4};
  std::vector<i32> const labels = {-1, -1, 1};
  Result const result =
      run({.rows = 3, .classes = 2, .ignored_label = -1, .logits = logits.data(), .labels = labels.data()});
  EXPECT_EQ(result.loss[0], 0);
  EXPECT_EQ(result.loss[1], 0);
  EXPECT_GT(result.loss[2], 0);
  EXPECT_TRUE(equal({result.dlogits.begin(), result.dlogits.begin() + 4}, std::vector<f32>(4, 0.0f)));
}

TEST(CrossEntropy, AClassMayBeMaskedByMinusInfinity) {
  std::vector<f32> const logits = {0, -HUGE_VALF, 0};
  std::vector<i32> const labels = {2};
  Result const result = run({.rows = 1, .classes = 3, .logits = logits.data(), .labels = labels.data()});
  EXPECT_TRUE(within(result.loss, std::vector<double>{std::log(2)}, loss_bound));
  EXPECT_TRUE(equal(result.dlogits, {0.5f, 0, -0.5f}));
}

TEST(CrossEntropy, NanInARowShowsInItsLossAlone) {
  for (std::size_t const position : {3u, 4u, 5u}) {
    std::vector<f32> logits(9, 1.0f);
    logits[position] = NAN;
    std::vector<i32> const labels = {0, 1, 2};
    Result const result = run({.rows = 3, .classes = 3, .logits = logits.data(), .labels = labels.data()});
    EXPECT_TRUE(std::isnan(result.loss[1])) << position;
    EXPECT_TRUE(std::isnan(result.dlogits[3])) << position;
    EXPECT_TRUE(std::isfinite(result.loss[0]) && std::isfinite(result.loss[2])) << position;
  }
}

TEST(CrossEntropy, GivesTheLossAloneAndTakesNoRows) {
  std::vector<f32> const logits = {0, 0, 0, 0};
  std::vector<i32> const labels = {3};
  f32 loss = NAN;
  CrossEntropyArgs<f32> args{
      .rows = 1, .classes = 4, .logits = logits.data(), .labels = labels.data(), .loss = &loss, .dlogits = nullptr};
  cpu::cross_entropy(args, {});
  EXPECT_FLOAT_EQ(loss, std::log(4.0f));
  cpu::cross_entropy<f32>({}, {});
}

TEST(CrossEntropy, DoesNotDependOnThreads) {
  i64 const rows = 301, classes = 17;
  auto const logits = uniform(rows * classes, 4, -9, 9);
  auto const labels = labels_below(classes, rows);
  EXPECT_TRUE(same_bits_on_any_threads([&] {
    Result result = run({.rows = rows, .classes = classes, .logits = logits.data(), .labels = labels.data()});
    result.loss.insert(result.loss.end(), result.dlogits.begin(), result.dlogits.end());
    return result.loss;
  }));
}

TEST(CrossEntropy, RefusesLabelsOutsideTheClassesBeforeItWrites) {
  std::vector<f32> const logits(9, 1.0f);
  for (i32 const label : {3, -1, -2147483647}) {
    std::vector<i32> const labels = {0, 1, label};
    std::vector<f32> loss(3, 7.0f), dlogits(9, 7.0f);
    CrossEntropyArgs<f32> const args{.rows = 3,
                                     .classes = 3,
                                     .logits = logits.data(),
                                     .labels = labels.data(),
                                     .loss = loss.data(),
                                     .dlogits = dlogits.data()};
    EXPECT_EQ(error_of([&] { cpu::cross_entropy(args, {}); }),
              "[cross_entropy] a label must lie in [0, classes) or be ignored: row=2, label=" + std::to_string(label) +
                  ", classes=3, ignored_label=-100");
    EXPECT_TRUE(equal(loss, std::vector<f32>(3, 7.0f)));
    EXPECT_TRUE(equal(dlogits, std::vector<f32>(9, 7.0f)));
  }
}

TEST(CrossEntropy, RefusesContradictions) {
  f32 value = 0;
  i32 label = 0;
  CrossEntropyArgs<f32> args{.rows = 1, .classes = 1, .logits = &value, .loss = &value};
  EXPECT_EQ(error_of([&] { cpu::cross_entropy(args, {}); }),
            "[cross_entropy] give either labels or targets: neither given");
  args.labels = &label;
  args.targets = &value;
  EXPECT_EQ(error_of([&] { cpu::cross_entropy(args, {}); }),
            "[cross_entropy] give either labels or targets: both given");
  args.targets = nullptr;
  args.smoothing = 1.5f;
  EXPECT_EQ(error_of([&] { cpu::cross_entropy(args, {}); }),
            "[cross_entropy] smoothing must lie in [0, 1]: smoothing=1.5");
  args.smoothing = NAN;
  EXPECT_NE(error_of([&] { cpu::cross_entropy(args, {}); }), "(no error)");
  args.smoothing = 0;
  args.classes = 0;
  EXPECT_EQ(error_of([&] { cpu::cross_entropy(args, {}); }), "[cross_entropy] rows without classes: rows=1");
  args.classes = 1;
  args.loss = nullptr;
  EXPECT_EQ(error_of([&] { cpu::cross_entropy(args, {}); }), "[cross_entropy] loss is null, but has 1 elements");
  args.rows = -1;
  EXPECT_EQ(error_of([&] { cpu::cross_entropy(args, {}); }),
            "[cross_entropy] sizes must not be negative: rows=-1, classes=1");
}

}  // namespace
}  // namespace heddle::testing
