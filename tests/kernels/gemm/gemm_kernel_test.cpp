// The kernels of the matrix product against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/gemm/gemm_plain_config.h"
#include "kernels/machine/device.h"
#include "tests/kernels/gemm/gemm_reference.h"
#include "tests/support/device_buffer.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class GemmKernels : public ::testing::TestWithParam<GemmCase> {};

TEST_P(GemmKernels, Emulated) { test_emulated(GemmPass(GetParam()), {.once = GetParam().once}); }

TEST_P(GemmKernels, EmulatedOnSm80) {
  test_emulated(GemmPass(GetParam()), {.architecture = 80, .once = GetParam().once});
}

TEST_P(GemmKernels, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, GemmPass(GetParam()));
}

TEST_P(GemmKernels, CpuInEachType) { test_all_types(Device::cpu, GemmPass(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, GemmKernels, ::testing::ValuesIn(gemm_cases()),
                         [](auto const& test) { return test.param.name; });

/// More tiles than blocks, wide ones, the last in both directions not full.
GemmCase const many_tiles = {.name = "many_tiles", .m = 1600, .n = 2808, .k = 72, .transpose_b = true};

TEST(GemmManyTiles, Emulated) {
  for (emulated::Completion const completion : {emulated::Completion::eager, emulated::Completion::late}) {
    emulated::ScopedExecution const execution({.completion = completion, .architecture = 90});
    test_operation<bf16>(Device::emulated, GemmPass(many_tiles));
  }
}

TEST(GemmManyTiles, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, GemmPass(many_tiles));
}

TEST(GemmConfigs, AreAllTested) {
  std::vector<GemmCase> const cases = gemm_cases();
  for (GemmPlainConfig const& config : gemm_plain_configs)
    EXPECT_TRUE(std::ranges::any_of(cases, [&](GemmCase const& c) {
      return c.k > 0 && config == choose_gemm_plain(c.m, c.n);
    })) << config.tile;
}

/// c is d, and a and b hold NaN, which alpha = 0 must not let through.
template <class T>
void test_in_place(OperationFn<GemmArgs<T>>* gemm, Memory const& memory) {
  std::vector<T> const nan(64, T(NAN)), values(64, T(3.0f));
  DeviceBuffer<T> a(memory, nan), b(memory, nan), d(memory, values);
  gemm({.m = 8,
        .n = 8,
        .k = 8,
        .alpha = 0,
        .beta = -2,
        .a = a.data(),
        .lda = 8,
        .b = b.data(),
        .ldb = 8,
        .c = d.data(),
        .ldc = 8,
        .d = d.data(),
        .ldd = 8},
       {});
  for (T const value : d.read()) EXPECT_EQ(static_cast<f32>(value), -6);
}

TEST(GemmInPlace, ReadsNeitherAWithoutAlpha) {
  test_in_place<f32>(cpu::gemm<f32>, cpu::memory);
  test_in_place<bf16>(cpu::gemm<bf16>, cpu::memory);
  test_in_place<f32>(emulated::gemm<f32>, emulated::memory);
  test_in_place<bf16>(emulated::gemm<bf16>, emulated::memory);
}

TEST(GemmErrors, NameTheValue) {
  EXPECT_EQ(error_of([] { emulated::gemm(GemmArgs<f16>{.m = 2, .n = -3, .k = 4}, {}); }),
            "[gemm] sizes must not be negative: m=2, n=-3, k=4, batch=1");
  EXPECT_EQ(error_of([] { emulated::gemm(GemmArgs<f16>{.m = 2, .n = 3, .k = 4, .lda = 4, .ldb = 3, .ldd = 3}, {}); }),
            "[gemm] a is null, but has 2 x 4 elements");
}

TEST(GemmErrors, NameTheWorkspace) {
  f32 x[1] = {}, d[1] = {}, sums[1] = {};
  GemmArgs<f32> args = {.m = 1, .n = 1, .k = 1, .a = x, .lda = 1, .b = x, .ldb = 1, .d = d, .ldd = 1};
  args.epilogue.column_sums = sums;
  EXPECT_EQ(error_of([&] { emulated::gemm(args, {}); }), "[gemm] workspace is too small or null: 0 bytes, needs 256");
}

}  // namespace
}  // namespace heddle::testing
