// Products of f8, i8 and tf32 on every device: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/gemm/epilogue_cases.h"
#include "tests/kernels/gemm/gemm_types.h"

namespace heddle::testing {
namespace {

class GemmOperandTypes : public ::testing::TestWithParam<GemmTypesCase> {};

TEST_P(GemmOperandTypes, Emulated) {
  for (int const architecture : {80, 90})
    for (emulated::ExecutionOptions options : emulated::adversarial_executions()) {
      options.architecture = architecture;
      SCOPED_TRACE(::testing::Message() << "sm_" << architecture << ", " << describe(options));
      emulated::ScopedExecution const execution(options);
      test_all_operands(Device::emulated, GetParam(), true);
    }
}

TEST_P(GemmOperandTypes, EmulatedOnAnyNumbers) {
  for (int const architecture : {80, 90}) {
    SCOPED_TRACE(architecture);
    emulated::ScopedExecution const execution({.architecture = architecture});
    test_all_operands(Device::emulated, GetParam(), false);
  }
}

TEST_P(GemmOperandTypes, Cpu) {
  for (bool const integers : {true, false}) {
    test_all_operands(Device::cpu, GetParam(), integers);
    test_types<f8e4m3, bf16>(Device::cpu, GetParam(), integers);
    test_types<i8, bf16>(Device::cpu, GetParam(), integers);
  }
}

TEST_P(GemmOperandTypes, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for (bool const integers : {true, false}) test_all_operands(Device::cuda, GetParam(), integers);
}

INSTANTIATE_TEST_SUITE_P(Cases, GemmOperandTypes, ::testing::ValuesIn(gemm_types_cases()),
                         [](auto const& test) { return test.param.name; });

/// More tiles than blocks, wide ones, the last in both directions not full.
TEST(GemmOperandTypesManyTiles, Emulated) {
  GemmTypesCase const many_tiles = {{.name = "many_tiles", .m = 1600, .n = 2808, .k = 48, .transpose_b = true}};
  for (emulated::Completion const completion : {emulated::Completion::eager, emulated::Completion::late}) {
    emulated::ScopedExecution const execution({.completion = completion, .architecture = 90});
    test_types<i8, i32>(Device::emulated, many_tiles, true);
  }
  emulated::ScopedExecution const execution({.completion = emulated::Completion::late, .architecture = 90});
  test_types<f8e4m3>(Device::emulated, many_tiles, true);
}

/// All steps at once, of products that the matrix units take, over more rows and columns than a tile has.
TEST(GemmOperandTypesEpilogue, Emulated) {
  EpilogueCase const all = {
      .name = "all",
      .steps = "bias before_activation residual column_sums column_products absolute_maximum scale scale_a scale_b ",
      .activation = Activation::silu,
      .m = 150,
      .n = 203,
      .k = 48,
      .beta = 1,
      .extra = 1};
  for (int const architecture : {80, 90})
    for (emulated::ExecutionOptions options : emulated::adversarial_executions()) {
      options.architecture = architecture;
      SCOPED_TRACE(::testing::Message() << "sm_" << architecture << ", " << describe(options));
      emulated::ScopedExecution const execution(options);
      test_epilogue<f8e4m3, bf16>(all, emulated::memory, emulated::gemm<f8e4m3, bf16>);
      test_epilogue<f8e4m3, f8e4m3>(all, emulated::memory, emulated::gemm<f8e4m3, f8e4m3>);
      test_epilogue<i8, f16>(all, emulated::memory, emulated::gemm<i8, f16>);
      test_epilogue<i8, i8>(all, emulated::memory, emulated::gemm<i8, i8>);
    }
}

}  // namespace
}  // namespace heddle::testing
