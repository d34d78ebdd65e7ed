// Kullback-Leibler divergence: the CPU against PyTorch in double precision and finite differences, and the kernels
// against the CPU.
#include <gtest/gtest.h>

#include "kernels/loss/loss_config.h"
#include "kernels/machine/device.h"
#include "tests/kernels/loss/kl_divergence_reference.h"
#include "tests/support/error.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr double u = 0x1p-24;

struct Result {
  std::vector<f32> loss, dstudent;
};

Result run(i64 rows, f32 temperature, std::vector<f32> const& student, std::vector<f32> const& teacher) {
  Result result = {std::vector<f32>(static_cast<std::size_t>(rows), NAN), std::vector<f32>(student.size(), NAN)};
  cpu::kl_divergence<f32>({.rows = rows,
                           .classes = std::ssize(student) / rows,
                           .temperature = temperature,
                           .student = student.data(),
                           .teacher = teacher.data(),
                           .loss = result.loss.data(),
                           .dstudent = result.dstudent.data()},
                          {});
  return result;
}

TEST(KlDivergenceCpu, IsPyTorch) {
  auto const file = fixture("kl_divergence");
  i64 const rows = file.at("student").size(0);
  for (std::string const name : {"warm", "cold"}) {
    Result const result = run(rows, name == "warm" ? 4.0f : 0.5f, values(file, "student"), values(file, "teacher"));
    EXPECT_TRUE(within(result.loss, values(file, name + ".loss"), close_bound(2.01 * u, 1e-12))) << name;
    EXPECT_TRUE(within(result.dstudent, values(file, name + ".dstudent"), close_bound(2.01 * u, 1e-13))) << name;
  }
}

// From four points: the error of the formula falls as step^4.
TEST(KlDivergenceCpu, GradientIsTheDerivative) {
  constexpr f32 step = 0x1p-6f;
  std::vector<f32> student = uniform(2 * 5, 1, -2, 2);
  std::vector<f32> const teacher = uniform(2 * 5, 2, -2, 2);
  std::vector<double> differences;
  for (f32& value : student) {
    f32 const at = value;
    auto const loss_at = [&](int steps) {
      value = at + static_cast<f32>(steps) * step;
      std::vector<f32> const loss = run(2, 1.5f, student, teacher).loss;
      return static_cast<double>(loss[0]) + loss[1];
    };
    differences.push_back((8 * (loss_at(1) - loss_at(-1)) - (loss_at(2) - loss_at(-2))) / (12.0 * step));
    value = at;
  }
  // Losses below 8 are rounded at each of the points; a fifth derivative below 30 is left over.
  Bound const bound = close_bound(0, 18 * 8 * u / (12 * step) + std::pow(step, 4));
  EXPECT_TRUE(within(run(2, 1.5f, student, teacher).dstudent, differences, bound));
}

TEST(KlDivergenceCpu, OfTheTeacherFromItselfIsZero) {
  std::vector<f32> const x = uniform(30, 1, -9, 9);
  Result const result = run(3, 2, x, x);
  EXPECT_TRUE(equal(result.loss, std::vector<f32>(3, 0)));
  EXPECT_TRUE(equal(result.dstudent, std::vector<f32>(30, 0)));
}

TEST(KlDivergenceCpu, SameBitsOnAnyThreads) {
  std::vector<f32> const student = uniform(5000, 1), teacher = uniform(5000, 2);
  EXPECT_TRUE(same_bits_on_any_threads([&] { return run(50, 2, student, teacher).loss; }));
}

class KlDivergences : public ::testing::TestWithParam<KlDivergenceCase> {};

TEST_P(KlDivergences, Emulated) { test_emulated(KlDivergencePass(GetParam()), {.once = GetParam().once}); }

TEST_P(KlDivergences, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, KlDivergencePass(GetParam()));
}

TEST_P(KlDivergences, CpuInEachType) { test_all_types(Device::cpu, KlDivergencePass(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, KlDivergences, ::testing::ValuesIn(kl_divergence_cases()),
                         [](auto const& test) { return test.param.name; });

// Each candidate is the choice of some case, so that the list above runs them all.
TEST(KlDivergenceConfigs, AreAllTested) {
  for (RowConfig const& config : two_row_configs) {
    bool chosen = false;
    for (KlDivergenceCase const& c : kl_divergence_cases())
      for (i64 const bytes : {2, 4})
        chosen |= c.rows > 0 && config == choose(two_row_configs, c.classes, {bytes, c.offset == 0});
    EXPECT_TRUE(chosen) << config.threads_per_row << " threads, " << config.accesses << " accesses";
  }
}

TEST(KlDivergenceErrors, NameTheValue) {
  KlDivergenceArgs<f32> a = {.rows = 2, .classes = 3, .temperature = 0};
  EXPECT_EQ(error_of([&] { cpu::kl_divergence(a, {}); }),
            "[kl_divergence] temperature must be positive: temperature=0");
  a.temperature = 1;
  EXPECT_EQ(error_of([&] { emulated::kl_divergence(a, {}); }), "[kl_divergence] student is null, but has 6 elements");
  a.classes = 0;
  EXPECT_EQ(error_of([&] { emulated::kl_divergence(a, {}); }), "[kl_divergence] rows without classes: rows=2");
}

}  // namespace
}  // namespace heddle::testing
