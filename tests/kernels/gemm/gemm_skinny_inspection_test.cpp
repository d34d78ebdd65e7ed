// What the kernel of skinny matrix products costs, by the inspector.
#include "bench/samples/gemm.h"
#include "kernels/gemm/gemm_skinny_config.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"

#include <gtest/gtest.h>

namespace heddle::testing {
namespace {

/// The large operand is read once, and all in whole sectors; shared memory is read and written without conflicts.
template <class Sample, class T>
void expect_ideal(std::vector<i64> const& sizes, int config) {
  auto args = Sample::template arguments<T>(sizes);
  args.choice = {GemmPath::skinny, config};
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.observer = &inspector});
  emulated::gemm(args, {});
  emulated::KernelReport const kernel = report(inspector).at(0);
  SCOPED_TRACE(kernel.type);
  EXPECT_EQ(static_cast<double>(kernel.least_bytes()), cost(args).bytes());
  // Beside them, the small operand once more for each further block.
  i64 const few = std::min(args.m, args.n);
  EXPECT_EQ(kernel.moved_bytes(),
            kernel.least_bytes() + (kernel.blocks - 1) * static_cast<u64>(few * args.k) * sizeof(T));
  EXPECT_EQ(kernel.global.efficiency(), 1);
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
}

template <class T>
void expect_ideal_in_each_direction() {
  for (int config = 0; config < 3; ++config) {
    i64 const few = 4 << config;
    expect_ideal<bench::LinearSample, T>({few, 64, 2048}, config);
    expect_ideal<bench::LinearSample, T>({64, 16, 2048}, 2);
    if (gemm_skinny_configs[config].exists(false)) expect_ideal<bench::GemmSample, T>({few, 64, 1024}, config);
  }
}

TEST(GemmSkinnyInspection, IsIdealInEachDirection) {
  expect_ideal_in_each_direction<f32>();
  expect_ideal_in_each_direction<bf16>();
}

}  // namespace
}  // namespace heddle::testing
