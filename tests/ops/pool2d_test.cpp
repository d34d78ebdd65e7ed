// Pooling as operations with gradients: on the CPU, and through the launchers on the emulator, in every type.
#include "ops/pool2d.h"

#include <functional>

#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

using testing::equal;

using Pooling = std::function<Tensor(Tensor const&)>;

struct Outcome {
  std::vector<f32> y, dx;
};

template <class T>
std::vector<f32> widened(Tensor const& tensor) {
  std::vector<f32> values;
  for (T const value : tensor.template to_vector<T>()) values.push_back(static_cast<f32>(value));
  return values;
}

/// y, and the gradient of sum i % 5 * y[i].
template <class T>
Outcome outcome_of(std::vector<T> const& values, Shape const& shape, Device device, Pooling const& pool) {
  Tensor const x = Tensor::from(values, shape, device).set_requires_gradient(true);
  Tape tape;
  Tensor const y = pool(x);
  std::vector<T> weights;
  for (i64 i = 0; i < y.count(); ++i) weights.push_back(T(static_cast<f32>(i % 5)));
  Tensor loss = Tensor::zeros({}, DType::f32, device);
  Tensor const dy = Tensor::from(weights, y.shape(), device);
  record("weighted_sum", {y}, loss, [dy](Tensor const&) { return std::vector{dy}; });
  tape.backward(loss);
  return {widened<T>(y), widened<T>(x.gradient())};
}

/// Small integers, with every quotient of a division by a power of two exact, so that all devices agree to the bit.
template <class T>
void expect_same_on_emulator(Pooling const& pool) {
  Shape const shape = {2, 8, 12, 16};
  std::vector<T> const x = testing::small_integers<T>(2 * 8 * 12 * 16, 1);
  Outcome const expected = outcome_of<T>(x, shape, Device::cpu, pool);
  Outcome const actual = outcome_of<T>(x, shape, Device::emulated, pool);
  EXPECT_TRUE(equal(actual.y, expected.y));
  EXPECT_TRUE(equal(actual.dx, expected.dx));
}

TEST(PoolOps, AgreeOnCpuAndEmulator) {
  Pooling const poolings[] = {
      [](Tensor const& x) { return ops::max_pool(x); },
      [](Tensor const& x) {
        return ops::max_pool(x, {.r = 3, .s = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}});
      },
      [](Tensor const& x) { return ops::average_pool(x); },
      [](Tensor const& x) { return ops::adaptive_average_pool(x, 4, 3); },
      [](Tensor const& x) { return ops::global_average_pool(ops::max_pool(x, {.r = 1, .s = 5})); },
  };
  for (Pooling const& pool : poolings) {
    expect_same_on_emulator<f32>(pool);
    expect_same_on_emulator<f16>(pool);
    expect_same_on_emulator<bf16>(pool);
  }
}

TEST(PoolOps, MaxGoesToTheWinners) {
  Outcome const out = outcome_of<f32>({1, 5, 2, 7, 3, 7}, {1, 2, 3, 1}, Device::cpu, [](Tensor const& x) {
    return ops::max_pool(x, {.r = 2, .s = 2, .stride_h = 1, .stride_w = 1});
  });
  EXPECT_TRUE(equal(out.y, {7, 7}));
  EXPECT_TRUE(equal(out.dx, {0, 0, 0, 0, 0, 1}));  // the weights are 0 and 1
}

TEST(PoolOps, MaxTakesWindowsOfMoreThan256Positions) {
  std::vector<f32> x(18 * 17, 0.0f), gradient(x.size(), 0.0f);
  x[17 * 17 + 16] = 9;  // the last position
  gradient[17 * 17 + 16] = 1;
  Pooling const pool = [](Tensor const& image) {
    return ops::max_pool(image, {.r = 17, .s = 17, .stride_h = 1, .stride_w = 1});
  };
  for (Device const device : {Device::cpu, Device::emulated}) {
    Outcome const out = outcome_of<f32>(x, {1, 18, 17, 1}, device, pool);
    EXPECT_TRUE(equal(out.y, {0, 9}));
    EXPECT_TRUE(equal(out.dx, gradient));
  }
}

TEST(PoolOps, AveragesShareOutTheGradient) {
  Outcome const windows = outcome_of<f32>({1, 3, 2, 6, 4, 8, 0, 4}, {1, 2, 4, 1}, Device::cpu,
                                          [](Tensor const& x) { return ops::average_pool(x); });
  EXPECT_TRUE(equal(windows.y, {4, 3}));
  EXPECT_TRUE(equal(windows.dx, {0, 0, 0.25, 0.25, 0, 0, 0.25, 0.25}));
  // Three outputs of four positions: shares [0, 2), [1, 3) and [2, 4).
  Outcome const adaptive = outcome_of<f32>({1, 3, 2, 6}, {1, 1, 4, 1}, Device::cpu,
                                           [](Tensor const& x) { return ops::adaptive_average_pool(x, 1, 3); });
  EXPECT_TRUE(equal(adaptive.y, {2, 2.5, 4}));
  EXPECT_TRUE(equal(adaptive.dx, {0, 0.5, 1.5, 1}));
  Outcome const global = outcome_of<f32>({1, 3, 2, 6, 4, 8, 0, 4}, {2, 2, 2, 1}, Device::cpu, ops::global_average_pool);
  EXPECT_TRUE(equal(global.y, {3, 4}));
  EXPECT_TRUE(equal(global.dx, {0, 0, 0, 0, 0.25, 0.25, 0.25, 0.25}));
  Outcome const one = outcome_of<f32>({1, 3, 2, 6, 4, 8, 0, 4}, {2, 2, 2, 1}, Device::cpu,
                                      [](Tensor const& x) { return ops::adaptive_average_pool(x, 1, 1); });
  EXPECT_TRUE(equal(one.y, global.y));
  EXPECT_TRUE(equal(one.dx, global.dx));
  EXPECT_EQ(ops::adaptive_average_pool(Tensor::zeros({2, 5, 4, 3}), 1, 1).shape(), (Shape{2, 1, 1, 3}));
}

TEST(PoolOps, Refusals) {
  EXPECT_EQ(testing::error_of([] {
              ops::global_average_pool(Tensor::zeros({2, 3}));
            }),
            "[global_average_pool] x must be [n, h, w, c]: [2, 3]");
  EXPECT_EQ(testing::error_of([] {
              ops::max_pool(Tensor::zeros({1, 2, 2, 1}, DType::i32));
            }),
            "[max_pool] takes f32, f16 or bf16: i32");
  EXPECT_EQ(testing::error_of([] {
              ops::adaptive_average_pool(Tensor::zeros({1, 2, 2, 1}), 0, 1);
            }),
            "[adaptive_average_pool] h, w, p and q must be positive: h=2, w=2, p=0, q=1");
}

}  // namespace
}  // namespace heddle
