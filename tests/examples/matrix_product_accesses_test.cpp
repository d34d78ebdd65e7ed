// Every access of the steps of the matrix product, in adverse executions: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/examples/matrix_product_cases.h"

namespace heddle::testing {
namespace {

TEST(MatrixProductAccesses, AreInOrder) {
  for (emulated::ExecutionOptions options : emulated::adversarial_executions()) {
    SCOPED_TRACE(describe(options));
    emulated::AccessChecker checker;
    options.observer = &checker;
    emulated::ScopedExecution const execution(options);
    for_each_emulated_step([&](auto& product) { test_product(product, emulated::memory, {64, 128, 96}); });
  }
}

}  // namespace
}  // namespace heddle::testing
