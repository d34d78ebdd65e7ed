// The kernels of the matrix product against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/gemm/gemm_configurations.h"
#include "kernels/gemm/gemm_skinny_config.h"
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

class GemmChoices : public ::testing::TestWithParam<GemmChoice> {};

/// A tile that is not full beside one that is, and more steps along k than stages.
GemmCase const for_each_choice = {.name = "each", .m = 130, .n = 269, .k = 520, .transpose_b = true, .alpha = 0.5f};

TEST_P(GemmChoices, Emulated) {
  GemmPass pass(for_each_choice);
  pass.choice = GetParam();
  if (GetParam().path == GemmPath::skinny) pass.c.n = gemm_skinny_configs[GetParam().config].small;
  emulated::ScopedExecution const execution({.completion = emulated::Completion::late, .architecture = 90});
  test_operation<bf16>(Device::emulated, pass);
}

INSTANTIATE_TEST_SUITE_P(All, GemmChoices, ::testing::ValuesIn(gemm_choices()));

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
  f16 a[16] = {}, d[4] = {};
  auto const forced = [&](GemmChoice const& choice) {
    return error_of([&] {
      emulated::gemm(
          GemmArgs<f16>{.m = 2, .n = 2, .k = 4, .a = a, .lda = 4, .b = a, .ldb = 2, .d = d, .ldd = 2, .choice = choice},
          {});
    });
  };
  EXPECT_EQ(forced({GemmPath::sm90, 0}),
            "[gemm] the kernel asked for does not take this product here: path=sm90, config=0; leave the choice to "
            "gemm");
  EXPECT_EQ(forced({GemmPath::plain, 9}),
            "[gemm] the kernel asked for does not take this product here: path=plain, config=9; leave the choice to "
            "gemm");
}

TEST(GemmErrors, NameTheWorkspace) {
  f32 x[1] = {}, d[1] = {}, sums[1] = {};
  GemmArgs<f32> args = {.m = 1, .n = 1, .k = 1, .a = x, .lda = 1, .b = x, .ldb = 1, .d = d, .ldd = 1};
  args.epilogue.column_sums = sums;
  EXPECT_EQ(error_of([&] { emulated::gemm(args, {}); }), "[gemm] workspace is too small or null: 0 bytes, needs 256");
}

}  // namespace
}  // namespace heddle::testing
