#include "ops/tape.h"

#include "ops/cross_entropy.h"
#include "ops/elementwise.h"
#include "ops/linear.h"
#include "ops/reshape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::equal;
using testing::error_of;

Tensor parameter(std::vector<f32> const& values) {
  return Tensor::from(values, {static_cast<i64>(values.size())}).set_requires_gradient(true);
}

/// The sum of all elements as a recorded operation.
Tensor sum(Tensor const& x) {
  Tensor const ones = Tensor::full({1, x.count()}, 1);
  return ops::reshape(ops::linear(ops::reshape(x, {1, x.count()}), ones), {});
}

TEST(Tape, WalksBackThroughAChain) {
  Tensor const x = parameter({-1, 2, 3});
  Tape tape;
  tape.backward(sum(ops::scale(ops::activate(x, Activation::relu), 5)));
  EXPECT_TRUE(equal(x.gradient().to_vector<f32>(), {0, 5, 5}));
}

TEST(Tape, AddsUpWhatABranchReceives) {
  Tensor const x = parameter({1, 2});
  Tape tape;
  Tensor const y = ops::scale(x, 3);
  Tensor const z = ops::add(ops::add(y, y), ops::add(y, x));  // 3 * 3x + x
  tape.backward(sum(z));
  EXPECT_TRUE(equal(x.gradient().to_vector<f32>(), {10, 10}));
}

TEST(Tape, AddsToTheGradientsOfEarlierPasses) {
  Tensor const x = parameter({1, 2});
  for (int pass = 0; pass < 3; ++pass) {
    Tape tape;
    tape.backward(sum(ops::scale(x, 2)), 0.5f);
  }
  EXPECT_TRUE(equal(x.gradient().to_vector<f32>(), {3, 3}));
}

TEST(Tape, SharedGradientsStayIndependent) {
  Tensor const a = parameter({1}), b = parameter({1});
  for (int pass = 0; pass < 2; ++pass) {
    Tape tape;
    tape.backward(sum(ops::add(a, pass == 0 ? b : a)));  // a + b, then a + a
  }
  EXPECT_TRUE(equal(a.gradient().to_vector<f32>(), {3}));
  EXPECT_TRUE(equal(b.gradient().to_vector<f32>(), {1}));
}

TEST(Tape, AddsToTheGradientOfALossThatIsAParameter) {
  Tensor const x = parameter({4});
  for (int pass = 0; pass < 2; ++pass) {
    Tape tape;
    tape.backward(x, 3);
  }
  EXPECT_TRUE(equal(x.gradient().to_vector<f32>(), {6}));
}

TEST(Tape, RecordsOnlyWhatLeadsToAGradient) {
  Tensor const x = Tensor::full({2}, 1);
  Tape tape;
  Tensor const loss = sum(ops::scale(x, 2));
  EXPECT_FALSE(loss.requires_gradient());
  EXPECT_NE(error_of([&] { tape.backward(loss); }).find("requires a gradient"), std::string::npos);
}

TEST(Tape, NothingIsRecordedWithoutOne) {
  Tensor const x = parameter({1, 2});
  EXPECT_FALSE(ops::scale(x, 2).requires_gradient());
}

TEST(Tape, LetsGoOfWhatNoBackwardStepNeeds) {
  Tensor const x = parameter({1, -2});
  Tape tape;
  Tensor const before = ops::scale(x, 2);
  long const handles = before.share_count();
  Tensor const after = ops::activate(before, Activation::relu);
  EXPECT_EQ(before.share_count(), handles) << "relu goes back from its output alone";
}

TEST(Tape, RefusesASecondOne) {
  Tape tape;
  EXPECT_NE(error_of([] { Tape second; }).find("another tape records"), std::string::npos);
}

}  // namespace
}  // namespace heddle
