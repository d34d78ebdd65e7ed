// The Dice loss: the CPU against PyTorch in double precision and finite differences, and the kernels against the CPU.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/loss/dice_loss_reference.h"
#include "tests/support/error.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr double u = 0x1p-24;
constexpr i64 rows = 4, elements = 23;

struct Result {
  std::vector<f32> loss, dx;
};

Result run(DiceOptions const& options, std::vector<f32> const& x, std::vector<f32> const& target) {
  Result result = {std::vector<f32>(rows, NAN), std::vector<f32>(x.size(), NAN)};
  std::vector<f32> sums(2 * rows, NAN);
  cpu::dice_loss_forward<f32>({.options = options,
                               .rows = rows,
                               .elements = std::ssize(x) / rows,
                               .x = x.data(),
                               .target = target.data(),
                               .loss = result.loss.data(),
                               .sums = sums.data()},
                              {});
  cpu::dice_loss_backward<f32>({.options = options,
                                .rows = rows,
                                .elements = std::ssize(x) / rows,
                                .x = x.data(),
                                .target = target.data(),
                                .sums = sums.data(),
                                .dx = result.dx.data()},
                               {});
  return result;
}

TEST(DiceLossCpu, IsPyTorch) {
  auto const file = fixture("dice_loss");
  for (bool const logits : {true, false}) {
    std::string const name = logits ? "logits" : "probabilities";
    SCOPED_TRACE(name);
    DiceOptions const options = {.smoothing = logits ? 1.0f : 0.0f, .logits = logits};
    Result const result = run(options, values(file, name), values(file, "target"));
    EXPECT_TRUE(within(result.loss, values(file, name + ".loss"), close_bound(2.01 * u, 0)));
    // N and D are rounded between the passes: up to 3 u for each of the two terms.
    EXPECT_TRUE(within(result.dx, values(file, name + ".dx"), close_bound(2.01 * u, 6 * u)));
  }
}

TEST(DiceLossCpu, APerfectPredictionHasNoLossAndNothingNoGradient) {
  DiceOptions const options = {.smoothing = 0, .logits = false};
  std::vector<f32> const mask = small_integers(rows * elements, 3, 0, 1);
  for (f32 const loss : run(options, mask, mask).loss) EXPECT_EQ(loss, 0);
  std::vector<f32> const none(rows * elements);
  Result const result = run(options, none, none);
  EXPECT_EQ(result.loss, std::vector<f32>(rows, 0));
  EXPECT_EQ(result.dx, none);
}

// From four points: the error of the formula falls as step^4.
TEST(DiceLossCpu, GradientIsTheDerivative) {
  constexpr f32 step = 0x1p-4f;
  std::vector<f32> const target = uniform(rows * 3, 2, 0, 1);
  for (bool const logits : {true, false}) {
    DiceOptions const options = {.smoothing = 0.5f, .logits = logits};
    std::vector<f32> x = uniform(rows * 3, 1, 0.25f, 0.75f);
    std::vector<double> differences;
    for (f32& value : x) {
      f32 const at = value;
      auto const loss_at = [&](int steps) {
        value = at + static_cast<f32>(steps) * step;
        double sum = 0;
        for (f32 const loss : run(options, x, target).loss) sum += loss;
        return sum;
      };
      differences.push_back((8 * (loss_at(1) - loss_at(-1)) - (loss_at(2) - loss_at(-2))) / (12.0 * step));
      value = at;
    }
    // Four losses below 1 are rounded at each of the points; a fifth derivative below 10 is left over.
    Bound const bound = close_bound(0, 18 * 4 * u / (12 * step) + 10 * std::pow(step, 4) / 30);
    EXPECT_TRUE(within(run(options, x, target).dx, differences, bound));
  }
}

TEST(DiceLossCpu, SameBitsOnAnyThreads) {
  std::vector<f32> const x = uniform(50000, 1), target = uniform(50000, 2);
  EXPECT_TRUE(same_bits_on_any_threads([&] { return run({}, x, target).loss; }));
}

class DiceLosses : public ::testing::TestWithParam<DiceLossCase> {};

TEST_P(DiceLosses, Emulated) {
  test_emulated(DiceLossForwardPass(GetParam()), {.once = GetParam().once});
  test_emulated(DiceLossBackwardPass(GetParam()), {.once = GetParam().once});
}

TEST_P(DiceLosses, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, DiceLossForwardPass(GetParam()));
  test_all_types(Device::cuda, DiceLossBackwardPass(GetParam()));
}

TEST_P(DiceLosses, CpuInEachType) {
  test_all_types(Device::cpu, DiceLossForwardPass(GetParam()));
  test_all_types(Device::cpu, DiceLossBackwardPass(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, DiceLosses, ::testing::ValuesIn(dice_loss_cases()),
                         [](auto const& test) { return test.param.name; });

TEST(DiceLossErrors, NameTheValue) {
  DiceLossForwardArgs<f32> a = {.options = {.smoothing = -1}, .rows = 1, .elements = 2};
  EXPECT_EQ(error_of([&] { cpu::dice_loss_forward(a, {}); }),
            "[dice_loss_forward] smoothing must not be negative: smoothing=-1");
  a.options = {};
  EXPECT_EQ(error_of([&] { emulated::dice_loss_forward(a, {}); }), "[dice_loss_forward] x is null, but has 2 elements");
  f32 const values[2] = {};
  f32 loss = 0, sums[2] = {};
  a = {.rows = 1, .elements = 2, .x = values, .target = values, .loss = &loss, .sums = sums};
  EXPECT_EQ(error_of([&] { emulated::dice_loss_forward(a, {}); }),
            "[dice_loss_forward] workspace is too small or null: 0 bytes, needs 12");
  DiceLossBackwardArgs<f32> const b = {.rows = 1, .elements = 2};
  EXPECT_EQ(error_of([&] { emulated::dice_loss_backward(b, {}); }),
            "[dice_loss_backward] x is null, but has 2 elements");
}

}  // namespace
}  // namespace heddle::testing
