#include "ops/cross_entropy.h"

#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

using testing::close_bound;
using testing::error_of;
using testing::within;

TEST(CrossEntropy, AveragesOverTheRowsThatCount) {
  Tensor logits = Tensor::from<f32>({0, 0, 0, 0, 9, 9}, {3, 2}).set_requires_gradient(true);
  Tensor const labels = Tensor::from<i32>({0, 1, -100}, {3});
  Tape tape;
  Tensor const loss = ops::cross_entropy(logits, labels);
  EXPECT_NEAR(loss.item<f32>(), std::log(2.0), 1e-6);
  tape.backward(loss);
  EXPECT_TRUE(within(logits.gradient().to_vector<f32>(), std::vector<double>{-0.25, 0.25, 0.25, -0.25, 0, 0},
                     close_bound(1e-6, 0)));
}

TEST(CrossEntropy, IsZeroWhenEveryRowIsIgnored) {
  Tensor const logits = Tensor::from<f32>({1, 2}, {1, 2});
  EXPECT_EQ(ops::cross_entropy(logits, Tensor::from<i32>({-100}, {1})).item<f32>(), 0);
}

/// The loss, and behind it the gradient of twice the loss.
std::vector<f32> loss_and_gradient(Device device, bool soft) {
  Tensor logits = Tensor::from(testing::uniform(5 * 12, 1, -3, 3), {5, 12}, device).set_requires_gradient(true);
  ops::CrossEntropyOptions const options = {.smoothing = 0.125f,
                                            .weights = Tensor::from(testing::uniform(12, 2, 0.5f, 1.5f), {12}, device)};
  Tape tape;
  Tensor const loss =
      soft ? ops::cross_entropy_soft(logits, Tensor::from(testing::uniform(5 * 12, 3, 0, 1), {5, 12}, device), options)
           : ops::cross_entropy(logits, Tensor::from<i32>({0, 3, -100, 11, 3}, {5}, device), options);
  tape.backward(loss, 2);
  std::vector<f32> result = logits.gradient().to_vector<f32>();
  result.insert(result.begin(), loss.item<f32>());
  return result;
}

TEST(CrossEntropy, AgreesOnCpuAndEmulator) {
  for (bool const soft : {false, true})
    EXPECT_TRUE(within(loss_and_gradient(Device::emulated, soft), loss_and_gradient(Device::cpu, soft),
                       close_bound(60 * 0x1p-24, 60 * 0x1p-24)));
}

TEST(CrossEntropy, WeighsTheMeanByTheLabels) {
  Tensor logits = Tensor::from<f32>({0, 0, 0, 0}, {2, 2}).set_requires_gradient(true);
  Tape tape;
  Tensor const loss =
      ops::cross_entropy(logits, Tensor::from<i32>({0, 1}, {2}), {.weights = Tensor::from<f32>({1, 3}, {2})});
  EXPECT_NEAR(loss.item<f32>(), std::log(2.0), 1e-6);
  tape.backward(loss);
  EXPECT_TRUE(within(logits.gradient().to_vector<f32>(), std::vector<double>{-0.125, 0.125, 0.375, -0.375},
                     close_bound(1e-6, 0)));
}

TEST(CrossEntropy, NamesWhatDoesNotFit) {
  Tensor const logits = Tensor::zeros({2, 3});
  EXPECT_EQ(error_of([&] { ops::cross_entropy(logits, Tensor::zeros({3}, DType::i32)); }),
            "[cross_entropy] labels must be [2]: [3]");
  EXPECT_EQ(error_of([] { ops::cross_entropy(Tensor::zeros({2}), Tensor::zeros({2}, DType::i32)); }),
            "[cross_entropy] logits must be [rows, classes]: [2]");
  EXPECT_NE(error_of([&] { ops::cross_entropy(logits, Tensor::from<i32>({0, 3}, {2})); }).find("3"), std::string::npos);
}

}  // namespace
}  // namespace heddle
