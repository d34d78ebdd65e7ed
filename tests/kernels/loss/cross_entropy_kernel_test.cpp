// The kernel of cross-entropy against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/loss/loss_config.h"
#include "kernels/machine/device.h"
#include "tests/kernels/loss/cross_entropy_reference.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class CrossEntropyKernel : public ::testing::TestWithParam<CrossEntropyCase> {};

TEST_P(CrossEntropyKernel, Emulated) {
  test_emulated(CrossEntropyPass(GetParam()), {.architecture = GetParam().architecture, .once = GetParam().once});
}

TEST_P(CrossEntropyKernel, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, CrossEntropyPass(GetParam()));
}

TEST_P(CrossEntropyKernel, CpuInEachType) { test_all_types(Device::cpu, CrossEntropyPass(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, CrossEntropyKernel, ::testing::ValuesIn(cross_entropy_cases()),
                         [](auto const& test) { return test.param.name; });

// Each candidate is the choice of some case, so that the list above runs them all.
TEST(CrossEntropyConfigs, AreAllTested) {
  for (RowConfig const& config : one_row_configs) {
    bool chosen = false;
    for (CrossEntropyCase const& c : cross_entropy_cases())
      for (i64 const bytes : {2, 4})
        chosen |= c.rows > 0 && config == choose(one_row_configs, c.classes, {bytes, c.offset == 0, c.architecture});
    EXPECT_TRUE(chosen) << config.threads_per_row << " threads, " << config.accesses << " accesses";
  }
}

void expect_nan_for_invalid_labels(Device device) {
  for (i64 const classes : {8, 1500}) {
    std::vector<i32> const labels = {1, -1, 0, static_cast<i32>(classes), -2147483647};
    i64 const rows = std::ssize(labels);
    Memory const& memory = memory_of(device);
    CrossEntropyArgs<f32> args = {.rows = rows, .classes = classes, .smoothing = 0.1f};
    bench::Operands const operands(memory, args, [&](std::string_view name, i64 count, u64) {
      if (name == "labels") return std::vector<f32>{labels.begin(), labels.end()};
      return name == "targets" || name == "weights" ? std::vector<f32>()
                                                    : std::vector<f32>(static_cast<std::size_t>(count));
    });
    (device == Device::cuda ? cross_entropy<f32>.cuda : cross_entropy<f32>.emulated)(args, {});
    std::vector<f32> const loss = operands.values("loss"), dlogits = operands.values("dlogits");
    for (std::size_t row = 0; row < labels.size(); ++row) {
      bool const valid = labels[row] == 0 || labels[row] == 1;
      EXPECT_EQ(std::isnan(loss[row]), !valid) << row;
      for (std::size_t j = 0; j < static_cast<std::size_t>(classes); ++j)
        ASSERT_EQ(std::isnan(dlogits[row * static_cast<std::size_t>(classes) + j]), !valid) << row;
    }
    EXPECT_EQ(operands.overrun(), "");
  }
}

TEST(CrossEntropyInvalidLabels, GiveNanEmulated) { expect_nan_for_invalid_labels(Device::emulated); }

TEST(CrossEntropyInvalidLabels, GiveNanCuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  expect_nan_for_invalid_labels(Device::cuda);
}

TEST(CrossEntropyErrors, NameTheValueOnTheEmulator) {
  f32 value = 0;
  CrossEntropyArgs<f32> const args = {.rows = 1, .classes = 1, .logits = &value, .loss = &value};
  EXPECT_EQ(error_of([&] { emulated::cross_entropy(args, {}); }),
            "[cross_entropy] give either labels or targets: neither given");
}

TEST(CrossEntropyCost, CountsWhatIsThere) {
  CrossEntropyArgs<bf16> args = bench::CrossEntropySample::arguments<bf16>({64, 1000});
  EXPECT_EQ(cost(args).bytes(), 2.0 * 64 * 1000 * 2 + 64 * 4 + 64 * 4);
  args.dlogits = nullptr;
  EXPECT_EQ(cost(args).bytes(), 1.0 * 64 * 1000 * 2 + 64 * 4 + 64 * 4);
}

}  // namespace
}  // namespace heddle::testing
