// Every access of the steps of the matrix product, in adverse executions: none races, none is out of bounds. And every
// operation.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/inspector/report.h"
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

TEST(MatrixProductOperations, AreTwoForEachProduct) {
  for (Sizes const sizes : {Sizes{64, 128, 192}, Sizes{64, 64, 0}}) {  // whole tiles of all steps
    emulated::Inspector inspector;
    emulated::ScopedExecution const execution({.observer = &inspector});
    for_each_emulated_step([&](auto& product) { test_product(product, emulated::memory, sizes); });
    u64 const expected = 2 * static_cast<u64>(sizes.m) * static_cast<u64>(sizes.n) * static_cast<u64>(sizes.k);
    for (emulated::KernelReport const& step : report(inspector)) {
      bool const by_matrix_unit = step.name == "tensor_core_product" || step.name == "warpgroup_product";
      EXPECT_EQ(step.operations.arithmetic, by_matrix_unit ? 0 : expected) << step.name;
      EXPECT_EQ(step.matrix_operations, by_matrix_unit ? expected : 0) << step.name;
    }
  }
}

}  // namespace
}  // namespace heddle::testing
