// The steps of the matrix product against a plain one: emulated in adverse executions, and on a GPU where there is one.
#include "kernels/core/operation.h"
#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/examples/matrix_product_cases.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

TEST(MatrixProduct, Emulated) {
  for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
    SCOPED_TRACE(describe(options));
    emulated::ScopedExecution const execution(options);
    for (Sizes const sizes : {Sizes{64, 128, 96}, Sizes{192, 64, 256}, Sizes{64, 64, 0}})
      for_each_emulated_step([&](auto& product) { test_product(product, emulated::memory, sizes); });
  }
}

void test_on_cuda(Sizes sizes) {
  if constexpr (cuda::in_build) {
    test_product(cuda::naive_product, cuda::memory, sizes);
    test_product(cuda::coalesced_product, cuda::memory, sizes);
    test_product(cuda::shared_tile_product, cuda::memory, sizes);
    test_product(cuda::register_tile_product, cuda::memory, sizes);
    test_product(cuda::pipelined_product, cuda::memory, sizes);
    test_product(cuda::tensor_core_product, cuda::memory, sizes);
    if (cuda::device_info().major == 9) test_product(cuda::warpgroup_product, cuda::memory, sizes);
  }
}

TEST(MatrixProduct, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for (Sizes const sizes : {Sizes{64, 128, 96}, Sizes{512, 256, 1024}, Sizes{64, 64, 0}}) test_on_cuda(sizes);
}

TEST(MatrixProduct, RefusesSizes) {
  EXPECT_EQ(error_of([] {
              emulated::naive_product({64, 60, 64, nullptr, nullptr, nullptr}, {});
            }),
            "[naive_product] m and n must be multiples of 64, k of 32: m=64, n=60, k=64");
}

}  // namespace
}  // namespace heddle::testing
