// The convolutions by mma.sync against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/conv/conv2d_sm80_cases.h"

namespace heddle::testing {
namespace {

/// Of the adverse executions the `number`-th, for which all of them take too long.
emulated::ExecutionOptions execution_on_sm80(std::size_t number) {
  auto const executions = emulated::adversarial_executions();
  emulated::ExecutionOptions options = executions[number % std::size(executions)];
  options.architecture = 80;
  return options;
}

TEST(Conv2dSm80, PairedCasesEmulated) {
  std::size_t number = 0;
  for (Conv2dCase const& c : paired_conv2d_cases()) {
    emulated::ExecutionOptions const options = execution_on_sm80(number);
    SCOPED_TRACE(c.name + ": " + describe(options));
    emulated::ScopedExecution const execution(options);
    for_each_direction_on_sm80(c, static_cast<int>(number++),
                               [](auto const& pass) { test_operation<bf16>(Device::emulated, pass); });
  }
}

class Conv2dLayersOnSm80 : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dLayersOnSm80, Emulated) {
  std::size_t number = 0;
  for_each_sm80_pass(GetParam(), [&](auto const& pass) {
    emulated::ExecutionOptions const options = execution_on_sm80(number++);
    SCOPED_TRACE(::testing::Message() << "config " << pass.config << ": " << describe(options));
    emulated::ScopedExecution const execution(options);
    number % 2 == 0 ? test_operation<f16>(Device::emulated, pass) : test_operation<bf16>(Device::emulated, pass);
  });
}

TEST_P(Conv2dLayersOnSm80, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_sm80_pass(GetParam(), [](auto const& pass) {
    test_operation<bf16>(Device::cuda, pass);
    test_operation<f16>(Device::cuda, pass);
  });
}

INSTANTIATE_TEST_SUITE_P(Reduced, Conv2dLayersOnSm80, ::testing::ValuesIn(reduced_conv2d_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
