// The kernel of skinny matrix products in all its configurations, against the CPU.
#include <gtest/gtest.h>

#include "kernels/gemm/gemm_skinny.h"
#include "kernels/machine/device.h"
#include "tests/kernels/gemm/gemm_skinny_cases.h"

namespace heddle::testing {
namespace {

class GemmSkinny : public ::testing::TestWithParam<GemmPass> {};

TEST_P(GemmSkinny, Emulated) { test_emulated(GetParam()); }

TEST_P(GemmSkinny, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, GemmSkinny, ::testing::ValuesIn(skinny_passes()),
                         [](auto const& test) { return skinny_name(test.param); });

TEST(GemmSkinnyConfigs, AreAllTested) {
  for (int config = 0; config < std::ssize(gemm_skinny_configs); ++config)
    for (bool const along_k : {false, true}) {
      if (!gemm_skinny_configs[config].takes(1, along_k)) continue;
      EXPECT_TRUE(std::ranges::any_of(skinny_passes(), [&](GemmPass const& pass) {
        return pass.choice.config == config && SkinnyShape::of(problem_of(pass.arguments<f32>())).along_k == along_k;
      })) << config;
    }
}

/// Sums are added in one order, whatever that of the threads.
TEST(GemmSkinnySums, AreTheSameInEveryOrder) {
  GemmCase const deep = {.name = "deep", .m = 5, .n = 40, .k = 3000, .transpose_b = true};
  std::vector<f32> first;
  for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
    emulated::ScopedExecution const execution(options);
    GemmPass pass(deep);
    pass.choice = {GemmPath::skinny, 4};
    auto args = pass.arguments<f32>();
    bench::Operands const operands(emulated::memory, args,
                                   [&](auto name, i64 count, u64 seed) { return pass.values(name, count, seed); });
    emulated::gemm(args, {});
    if (first.empty()) first = operands.values("d");
    EXPECT_TRUE(equal(operands.values("d"), first)) << describe(options);
  }
}

}  // namespace
}  // namespace heddle::testing
