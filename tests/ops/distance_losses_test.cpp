#include "ops/distance_losses.h"

#include <cmath>

#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::close_bound;
using testing::error_of;
using testing::within;

class DistanceLosses : public ::testing::TestWithParam<Device> {
 protected:
  Tensor matrix(std::vector<f32> const& values) const {
    return Tensor::from(values, {2, std::ssize(values) / 2}, GetParam()).set_requires_gradient(true);
  }
  Tensor labels(std::vector<i32> const& values) const { return Tensor::from(values, {2}, GetParam()); }
  void expect_gradient(Tensor const& tensor, std::vector<double> const& expected) const {
    EXPECT_TRUE(within(tensor.gradient().to_vector<f32>(), expected, close_bound(1e-6, 1e-7)));
  }
};

TEST_P(DistanceLosses, Center) {
  Tensor const x = matrix({1, 2, 3, 4}), centers = matrix({0, 0, 3, 1});
  Tape tape;
  Tensor const loss = ops::center_loss(x, labels({0, 1}), centers);
  EXPECT_NEAR(loss.item<f32>(), (2.5 + 4.5) / 2, 1e-6);
  tape.backward(loss, 2);
  expect_gradient(x, {1, 2, 0, 3});
  expect_gradient(centers, {-1, -2, 0, -3});
}

// Values from PyTorch 1.13 in double precision: loss = ((x - centers[labels])**2).sum(1).mean() / 2.
TEST_P(DistanceLosses, CentersWithSeveralRowsAndWithNone) {
  Tensor const x = Tensor::from(std::vector<f32>{0.5f, -1, 2, 4, -3, 1, 0.25f, 8, 1.5f, -2}, {5, 2}, GetParam());
  Tensor const centers = matrix({1, 2, -1, 0.5f, 3, -4}).view({3, 2}).set_requires_gradient(true);
  Tape tape;
  Tensor const loss = ops::center_loss(x, Tensor::from(std::vector<i32>{2, 0, 2, 2, 0}, {5}, GetParam()), centers);
  EXPECT_NEAR(loss.item<f32>(), 24.90625, 1e-5);
  tape.backward(loss);
  expect_gradient(centers, {-0.3, 0.4, 0, 0, 2.25, -4});
  EXPECT_FALSE(x.gradient().defined());
}

TEST_P(DistanceLosses, Contrastive) {
  Tensor const a = matrix({1, 0, 3, 4}), b = matrix({0, 0, 0, 0});
  Tape tape;
  Tensor const loss = ops::contrastive_loss(a, b, labels({1, 0}), 7);
  EXPECT_NEAR(loss.item<f32>(), (0.5 + 2) / 2, 1e-6);
  tape.backward(loss);
  expect_gradient(a, {0.5, 0, -0.6, -0.8});
  expect_gradient(b, {-0.5, 0, 0.6, 0.8});
}

TEST_P(DistanceLosses, Triplet) {
  Tensor const anchor = matrix({0, 0, 0, 0}), positive = matrix({3, 4, 1, 0}), negative = matrix({0, 4, 0, 9});
  Tape tape;
  Tensor const loss = ops::triplet_loss(anchor, positive, negative);
  EXPECT_NEAR(loss.item<f32>(), 2.0 / 2, 1e-6);  // the second triplet keeps its margin
  tape.backward(loss, 2);
  expect_gradient(anchor, {-0.6, -0.8 + 1, 0, 0});
  expect_gradient(positive, {0.6, 0.8, 0, 0});
  expect_gradient(negative, {0, -1, 0, 0});
}

INSTANTIATE_TEST_SUITE_P(Devices, DistanceLosses, ::testing::Values(Device::cpu, Device::emulated),
                         [](auto const& test) { return std::string(name(test.param)); });

TEST(DistanceLossesErrors, NameWhatDoesNotFit) {
  Tensor const x = Tensor::zeros({2, 3}), label = Tensor::zeros({2}, DType::i32);
  EXPECT_EQ(error_of([&] {
              ops::triplet_loss(x, x, Tensor::zeros({2, 4}));
            }),
            "[triplet_loss] negative must be [2, 3]: [2, 4]");
  EXPECT_EQ(error_of([&] {
              ops::center_loss(x, label, Tensor::zeros({5, 4}));
            }),
            "[center_loss] centers must be [5, 3]: [5, 4]");
  EXPECT_EQ(error_of([&] { ops::contrastive_loss(x, x, Tensor::zeros({3}, DType::i32)); }),
            "[contrastive_loss] labels must be [2]: [3]");
}

}  // namespace
}  // namespace heddle
