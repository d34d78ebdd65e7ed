#include "ops/linear.h"

#include <cmath>

#include "ops/tf32.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::equal;
using testing::error_of;

TEST(LinearOp, MapsTheLastAxis) {
  Tensor const x = Tensor::from<f32>({1, 2, 3, 4, 5, 6}, {3, 1, 2}), weight = Tensor::from<f32>({1, 10}, {1, 2});
  Tensor const y = ops::linear(x, weight, Tensor::full({1}, 100));
  EXPECT_EQ(y.shape(), (Shape{3, 1, 1}));
  EXPECT_TRUE(equal(y.to_vector<f32>(), {121, 143, 165}));
}

TEST(LinearOp, OfNothingIsZero) {
  { Tensor const used = Tensor::full({4, 3}, NAN); }  // the result takes over this memory
  Tensor const y = ops::linear(Tensor::zeros({4, 0}), Tensor::zeros({3, 0}));
  EXPECT_TRUE(equal(y.to_vector<f32>(), std::vector<f32>(12, 0.0f)));
}

TEST(LinearOp, RoundsOperandsToTf32WhereThatIsAllowed) {
  Tensor const x = Tensor::full({16, 16}, 1 + 0x1p-12f, Device::emulated);  // 1 in tf32
  auto const product = [&] { return ops::linear(x, x).to_vector<f32>()[0]; };
  EXPECT_FALSE(ops::Tf32Products::allowed<f32>());
  EXPECT_GT(product(), 16.005f);
  {
    ops::Tf32Products const allow;
    EXPECT_FALSE(ops::Tf32Products::allowed<f16>());
    EXPECT_EQ(product(), 16);
    ops::Tf32Products const forbid(false);
    EXPECT_GT(product(), 16.005f);
  }
  EXPECT_FALSE(ops::Tf32Products::allowed<f32>());
}

TEST(LinearOp, NamesWhatDoesNotFit) {
  Tensor const x = Tensor::zeros({4, 2});
  EXPECT_EQ(error_of([&] {
              ops::linear(x, Tensor::zeros({3, 2, 5}));
            }),
            "[linear] the weight must be [out, in]: [3, 2, 5]");
  EXPECT_EQ(error_of([&] {
              ops::linear(x, Tensor::zeros({3, 5}));
            }),
            "[linear] the last axis of x must have 5 elements: [4, 2]");
  EXPECT_EQ(error_of([&] {
              ops::linear(Tensor::zeros({}), Tensor::zeros({3, 5}));
            }),
            "[linear] the last axis of x must have 5 elements: []");
}

}  // namespace
}  // namespace heddle
