// Losses of pairs: the CPU against PyTorch in double precision and finite differences, and the kernels against the CPU.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/loss/pair_loss_reference.h"
#include "tests/support/error.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr double u = 0x1p-24;

struct Result {
  f32 loss = NAN;
  std::vector<f32> dx;
};

Result run(PairLossOptions const& options, std::vector<f32> const& x, std::vector<f32> const& target) {
  Result result = {.dx = std::vector<f32>(x.size(), NAN)};
  cpu::pair_loss<f32>({.options = options,
                       .count = std::ssize(x),
                       .x = x.data(),
                       .target = target.data(),
                       .loss = &result.loss,
                       .dx = result.dx.data(),
                       .workspace = {}},
                      {});
  return result;
}

TEST(PairLossCpu, IsPyTorch) {
  auto const file = fixture("pair_loss");
  for (int kind = 0; kind < 5; ++kind)
    for (std::string const targets : {"soft", "hard"}) {
      std::string const name = std::string(pair_loss_names[kind]) + "." + targets;
      SCOPED_TRACE(name);
      PairLossOptions const options = {
          .kind = static_cast<PairLoss>(kind), .delta = 0.75f, .gamma = 1.5f, .alpha = 0.25f};
      Result const result = run(options, values(file, "x"), values(file, targets));
      EXPECT_TRUE(within(std::vector{result.loss}, values(file, name + ".loss"), close_bound(2.01 * u, 0)));
      EXPECT_TRUE(within(result.dx, values(file, name + ".dx"), close_bound(2.01 * u, 1e-15)));
    }
}

// From four points: the error of the formula falls as step^4.
TEST(PairLossCpu, GradientIsTheDerivative) {
  constexpr f32 step = 0x1p-6f;
  std::vector<f32> const target = {0.25f, 0.75f, 0, 1, 0.5f};
  for (int kind = 0; kind < 5; ++kind) {
    SCOPED_TRACE(pair_loss_names[kind]);
    PairLossOptions const options = {.kind = static_cast<PairLoss>(kind), .delta = 0.75f};
    std::vector<f32> x = {-3, 1.125f, 2, -0.125f, 0.75f};  // away from the kinks
    std::vector<double> differences;
    for (f32& value : x) {
      f32 const at = value;
      auto const loss_at = [&](int steps) {
        value = at + static_cast<f32>(steps) * step;
        return static_cast<double>(run(options, x, target).loss);
      };
      differences.push_back((8 * (loss_at(1) - loss_at(-1)) - (loss_at(2) - loss_at(-2))) / (12.0 * step));
      value = at;
    }
    // The loss, below 20, is rounded at each of the points; a fifth derivative below 30 is left over.
    Bound const bound = close_bound(0, 18 * 20 * u / (12 * step) + std::pow(step, 4));
    EXPECT_TRUE(within(run(options, x, target).dx, differences, bound));
  }
}

TEST(PairLossCpu, SameBitsOnAnyThreads) {
  std::vector<f32> const x = uniform(50000, 1), target = uniform(50000, 2);
  EXPECT_TRUE(same_bits_on_any_threads([&] { return std::vector{run({}, x, target).loss}; }));
}

class PairLosses : public ::testing::TestWithParam<PairLossCase> {};

TEST_P(PairLosses, Emulated) { test_emulated(PairLossPass(GetParam()), {.once = GetParam().once}); }

TEST_P(PairLosses, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, PairLossPass(GetParam()));
}

TEST_P(PairLosses, CpuInEachType) { test_all_types(Device::cpu, PairLossPass(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, PairLosses, ::testing::ValuesIn(pair_loss_cases()),
                         [](auto const& test) { return test.param.name; });

TEST(PairLossErrors, NameTheValue) {
  f32 loss = 0;
  PairLossArgs<f32> a = {.count = 2, .loss = &loss, .workspace = {}};
  EXPECT_EQ(error_of([&] { emulated::pair_loss(a, {}); }), "[pair_loss] x is null, but has 2 elements");
  a.options.delta = 0;
  EXPECT_EQ(error_of([&] { cpu::pair_loss(a, {}); }), "[pair_loss] delta must be positive: delta=0");
  a.options = {.gamma = -1};
  EXPECT_EQ(error_of([&] { cpu::pair_loss(a, {}); }), "[pair_loss] gamma must not be negative: gamma=-1");
  f32 const values[2] = {};
  a = {.count = 2, .x = values, .target = values, .loss = &loss, .workspace = {}};
  EXPECT_EQ(error_of([&] { emulated::pair_loss(a, {}); }),
            "[pair_loss] workspace is too small or null: 0 bytes, needs 4");
}

}  // namespace
}  // namespace heddle::testing
