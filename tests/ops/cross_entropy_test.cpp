#include "ops/cross_entropy.h"

#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"

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
