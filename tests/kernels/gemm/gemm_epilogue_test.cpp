// Products with an epilogue against its formula in double: on the CPU, and by each kernel on the emulator and a GPU.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/gemm/epilogue_reference.h"
#include "tests/support/device_buffer.h"

namespace heddle::testing {
namespace {

std::vector<EpilogueCase> epilogue_cases() {
  using enum Activation;
  std::string const all = "bias before_activation residual column_sums column_squares absolute_maximum scale ";
  return {
      {.name = "nothing", .steps = ""},
      {.name = "accumulate", .steps = "", .alpha = -0.5f, .beta = 2},
      {.name = "factors", .steps = "scale_a scale_b ", .alpha = 0.5f},
      {.name = "bias", .steps = "bias "},
      {.name = "before_activation", .steps = "before_activation "},
      {.name = "relu", .steps = "", .activation = relu},
      {.name = "gelu_erf", .steps = "", .activation = gelu_erf},
      {.name = "gelu_tanh", .steps = "", .activation = gelu_tanh},
      {.name = "silu", .steps = "", .activation = silu},
      {.name = "gradient_of_none", .steps = "gradient_of "},
      {.name = "gradient_of_relu", .steps = "gradient_of ", .activation = relu},
      {.name = "gradient_of_gelu_erf", .steps = "gradient_of ", .activation = gelu_erf},
      {.name = "gradient_of_gelu_tanh", .steps = "gradient_of ", .activation = gelu_tanh},
      {.name = "gradient_of_silu", .steps = "gradient_of ", .activation = silu},
      {.name = "residual", .steps = "residual "},
      {.name = "column_sums", .steps = "column_sums ", .m = 300},
      {.name = "column_squares", .steps = "column_squares ", .m = 300},
      {.name = "absolute_maximum", .steps = "absolute_maximum "},
      {.name = "scale", .steps = "scale "},
      {.name = "linear_layer", .steps = "bias before_activation ", .activation = gelu_tanh, .n = 136},
      {.name = "input_gradient", .steps = "gradient_of column_sums ", .activation = gelu_tanh, .n = 136},
      {.name = "all", .steps = all + "scale_a scale_b ", .activation = silu, .m = 150, .n = 200, .beta = 1},
      {.name = "all_ends_within_a_vector", .steps = all, .activation = silu, .n = 69, .beta = 1, .extra = 3},
      {.name = "all_misaligned", .steps = all, .activation = relu, .n = 68, .offset = 1},
      {.name = "result_misaligned", .steps = all, .activation = relu, .beta = 1, .extra = 1},
      {.name = "operands_misaligned", .steps = all, .beta = 1, .extra_of_operands = 1, .transpose_b = false},
      {.name = "gradient_ends_within_a_vector",
       .steps = "gradient_of residual column_sums ",
       .activation = silu,
       .n = 67,
       .extra = 2},
      {.name = "saturates", .steps = "", .alpha = 60},
      {.name = "one", .steps = all, .activation = gelu_erf, .m = 1, .n = 1, .k = 1},
      {.name = "no_depth", .steps = all + "scale_a ", .activation = silu, .k = 0, .beta = 1},
      {.name = "no_rows", .steps = "column_sums column_squares absolute_maximum ", .m = 0},
  };
}

class GemmEpilogue : public ::testing::TestWithParam<EpilogueCase> {};

/// Every type of results of 16-bit operands, and f32 with the like.
template <class T>
void test_results(EpilogueCase const& c, Memory const& memory, auto const& gemm_of) {
  test_epilogue<T, f32>(c, memory, gemm_of(GemmArgs<T, f32>{}));
  test_epilogue<T, f16>(c, memory, gemm_of(GemmArgs<T, f16>{}));
  test_epilogue<T, bf16>(c, memory, gemm_of(GemmArgs<T, bf16>{}));
  test_epilogue<T, f8e4m3>(c, memory, gemm_of(GemmArgs<T, f8e4m3>{}));
  test_epilogue<T, i8>(c, memory, gemm_of(GemmArgs<T, i8>{}));
}

constexpr auto on_cpu = []<class T, class D>(GemmArgs<T, D> const&) { return &cpu::gemm<T, D>; };
constexpr auto on_emulator = []<class T, class D>(GemmArgs<T, D> const&) { return &emulated::gemm<T, D>; };
constexpr auto on_cuda = []<class T, class D>(GemmArgs<T, D> const&) { return gemm<T, D>.cuda; };

TEST_P(GemmEpilogue, Cpu) {
  test_results<f32>(GetParam(), cpu::memory, on_cpu);
  test_results<bf16>(GetParam(), cpu::memory, on_cpu);
}

void test_emulated(EpilogueCase const& c, int architecture) {
  for (emulated::ExecutionOptions options : emulated::adversarial_executions()) {
    options.architecture = architecture;
    SCOPED_TRACE(describe(options));
    emulated::ScopedExecution const execution(options);
    test_results<bf16>(c, emulated::memory, on_emulator);
    test_epilogue<f16, f16>(c, emulated::memory, on_emulator(GemmArgs<f16>{}));
    test_epilogue<f32, f32>(c, emulated::memory, on_emulator(GemmArgs<f32>{}));
  }
}

TEST_P(GemmEpilogue, EmulatedOnSm80) { test_emulated(GetParam(), 80); }
TEST_P(GemmEpilogue, EmulatedOnSm90) { test_emulated(GetParam(), 90); }

TEST_P(GemmEpilogue, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_results<f32>(GetParam(), cuda::memory, on_cuda);
  test_results<f16>(GetParam(), cuda::memory, on_cuda);
  test_results<bf16>(GetParam(), cuda::memory, on_cuda);
}

INSTANTIATE_TEST_SUITE_P(Cases, GemmEpilogue, ::testing::ValuesIn(epilogue_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
