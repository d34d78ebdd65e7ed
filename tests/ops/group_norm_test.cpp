// Group normalisation on the CPU and through the CUDA launchers on the emulator, with gradients.
#include "ops/elementwise.h"
#include "ops/norm.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

constexpr i64 n = 2, h = 5, w = 4, c = 12, count = n * h * w * c;

/// y, and the gradients of x, gamma and beta for a random dy.
std::vector<std::vector<f32>> results_on(Device device, i64 groups) {
  Tensor x = Tensor::from(testing::uniform(count, 1), {n, h, w, c}, device);
  Tensor gamma = Tensor::from(testing::uniform(c, 2), {c}, device);
  Tensor beta = Tensor::from(testing::uniform(c, 3), {c}, device);
  for (Tensor* const tensor : {&x, &gamma, &beta}) tensor->set_requires_gradient(true);
  Tape tape;
  Tensor const y = ops::group_norm(x, gamma, beta, groups, 1e-5f, Activation::silu);
  Tensor const dy = Tensor::from(testing::uniform(count, 4), {n, h, w, c}, device);
  Tensor loss = Tensor::full({1}, 0, device);
  record("product", {y}, loss, [dy](Tensor const&) { return std::vector{dy}; });
  tape.backward(loss);
  return {y.to_vector<f32>(), x.gradient().to_vector<f32>(), gamma.gradient().to_vector<f32>(),
          beta.gradient().to_vector<f32>()};
}

TEST(GroupNormOp, AgreesOnCpuAndEmulator) {
  for (i64 const groups : {1, 3, 12}) {
    auto const expected = results_on(Device::cpu, groups), actual = results_on(Device::emulated, groups);
    // Sums of at most 240 terms below 4.
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(testing::within(actual[i], expected[i], testing::accumulation_bound<f32>(240, 4 * 10)))
          << "result " << i << ", groups " << groups;
  }
}

TEST(GroupNormOp, RefusesGroupsThatDoNotDivide) {
  Tensor const x = Tensor::zeros({1, 2, 2, 6}), ones = Tensor::full({6}, 1);
  EXPECT_EQ(testing::error_of([&] { ops::group_norm(x, ones, ones, 4); }),
            "[group_norm_forward] groups must divide channels: channels=6, groups=4");
}

}  // namespace
}  // namespace heddle
