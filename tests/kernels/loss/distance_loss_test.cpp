// Losses on distances: the CPU against PyTorch in double precision and finite differences, and the kernels against the
// CPU.
#include <gtest/gtest.h>

#include "kernels/loss/loss_config.h"
#include "kernels/machine/device.h"
#include "tests/kernels/loss/distance_loss_reference.h"
#include "tests/support/error.h"
#include "tests/support/fixture.h"

namespace heddle::testing {
namespace {

constexpr double u = 0x1p-24;
constexpr i64 rows = 6, columns = 5;

struct Tensors {
  std::vector<f32> a, b, c;
  std::vector<i32> labels;
};

struct Result {
  std::vector<f32> loss, da, db, dc;
};

Result run(DistanceLoss kind, Tensors const& tensors) {
  std::vector<f32> const none(static_cast<std::size_t>(rows * columns), NAN);
  Result result = {std::vector<f32>(rows, NAN), none, none, none};
  cpu::distance_loss<f32>({.kind = kind,
                           .rows = rows,
                           .columns = columns,
                           .centers = kind == DistanceLoss::center ? rows : 0,
                           .margin = 2,
                           .a = tensors.a.data(),
                           .b = tensors.b.data(),
                           .c = tensors.c.data(),
                           .labels = tensors.labels.data(),
                           .loss = result.loss.data(),
                           .da = result.da.data(),
                           .db = result.db.data(),
                           .dc = result.dc.data()},
                          {});
  return result;
}

TEST(DistanceLossCpu, IsPyTorch) {
  auto const file = fixture("distance_loss");
  Tensors tensors = {values(file, "a"), values(file, "b"), values(file, "c"), {}};
  Bound const bound = close_bound(2.01 * u, 1e-14);
  for (int kind = 0; kind < 3; ++kind) {
    std::string const name = distance_loss_names[kind];
    SCOPED_TRACE(name);
    if (kind < 2) tensors.labels = file.at(name + ".labels").to_vector<i32>();
    Result const result = run(static_cast<DistanceLoss>(kind), tensors);
    EXPECT_TRUE(within(result.loss, values(file, name + ".loss"), bound));
    EXPECT_TRUE(within(result.da, values(file, name + ".da"), bound));
    EXPECT_TRUE(within(result.db, values(file, name + ".db"), bound));
    if (kind > 1) {
      EXPECT_TRUE(within(result.dc, values(file, name + ".dc"), bound));
    }
  }
}

// From four points: the error of the formula falls as step^4.
TEST(DistanceLossCpu, GradientsAreDerivatives) {
  constexpr f32 step = 0x1p-7f;
  std::size_t const count = rows * columns;
  for (int k = 0; k < 3; ++k) {
    SCOPED_TRACE(distance_loss_names[k]);
    DistanceLoss const kind = static_cast<DistanceLoss>(k);
    Tensors tensors = {uniform(count, 1), uniform(count, 2), uniform(count, 3), {0, 1, 0, 1, 1, 0}};
    Result const result = run(kind, tensors);
    auto const derivatives = [&](std::vector<f32>& variable) {
      std::vector<double> differences;
      for (f32& value : variable) {
        f32 const at = value;
        auto const loss_at = [&](int steps) {
          value = at + static_cast<f32>(steps) * step;
          double sum = 0;
          for (f32 const loss : run(kind, tensors).loss) sum += loss;
          return sum;
        };
        differences.push_back((8 * (loss_at(1) - loss_at(-1)) - (loss_at(2) - loss_at(-2))) / (12.0 * step));
        value = at;
      }
      return differences;
    };
    // Six losses below 8 are rounded at each of the points; a fifth derivative below 1000 is left over.
    Bound const bound = close_bound(0, 18 * 6 * 8 * u / (12 * step) + 1000 * std::pow(step, 4) / 30);
    EXPECT_TRUE(within(result.da, derivatives(tensors.a), bound));
    EXPECT_TRUE(within(result.db, derivatives(tensors.b), bound));
    if (kind == DistanceLoss::triplet) {
      EXPECT_TRUE(within(result.dc, derivatives(tensors.c), bound));
    }
  }
}

class DistanceLosses : public ::testing::TestWithParam<DistanceLossCase> {};

TEST_P(DistanceLosses, Emulated) { test_emulated(DistanceLossPass(GetParam()), {.once = GetParam().once}); }

TEST_P(DistanceLosses, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, DistanceLossPass(GetParam()));
}

TEST_P(DistanceLosses, CpuInEachType) { test_all_types(Device::cpu, DistanceLossPass(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, DistanceLosses, ::testing::ValuesIn(distance_loss_cases()),
                         [](auto const& test) { return test.param.name; });

// Each candidate is the choice of some case, so that the list above runs them all.
TEST(DistanceLossConfigs, AreAllTested) {
  for (RowConfig const& config : embedding_configs) {
    bool chosen = false;
    for (DistanceLossCase const& c : distance_loss_cases())
      for (i64 const bytes : {2, 4})
        chosen |= c.rows > 0 && config == choose(embedding_configs, c.columns, {bytes, c.offset == 0});
    EXPECT_TRUE(chosen) << config.threads_per_row << " threads, " << config.accesses << " accesses";
  }
}

TEST(DistanceLossErrors, NameTheValue) {
  DistanceLossArgs<f32> a = {.rows = 1, .columns = 1, .margin = -1};
  EXPECT_EQ(error_of([&] { cpu::distance_loss(a, {}); }), "[distance_loss] margin must not be negative: margin=-1");
  a.margin = 1;
  EXPECT_EQ(error_of([&] { emulated::distance_loss(a, {}); }), "[distance_loss] a is null, but has 1 elements");
}

TEST(DistanceLossErrors, ALabelWithoutCenterIsAnErrorOrNan) {
  f32 const x = 1, centers[2] = {0, 0};
  i32 const label = 2;
  f32 loss = 0, gradient = 0, of_centers[2] = {NAN, NAN};
  DistanceLossArgs<f32> const a = {.kind = DistanceLoss::center,
                                   .rows = 1,
                                   .columns = 1,
                                   .centers = 2,
                                   .a = &x,
                                   .b = centers,
                                   .labels = &label,
                                   .loss = &loss,
                                   .da = &gradient,
                                   .db = of_centers};
  EXPECT_EQ(error_of([&] { cpu::distance_loss(a, {}); }),
            "[distance_loss] a label must lie in [0, centers): row=0, label=2, centers=2");
  emulated::distance_loss(a, {});
  EXPECT_TRUE(std::isnan(loss));
  EXPECT_TRUE(std::isnan(gradient));
  EXPECT_EQ(of_centers[0], 0);
  EXPECT_EQ(of_centers[1], 0);
}

}  // namespace
}  // namespace heddle::testing
