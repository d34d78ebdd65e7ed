// The memory traffic of the optimizers, counted on the emulator. Linked with kernels that are examined.
#include <gtest/gtest.h>

#include "bench/samples/optimizer.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::testing {
namespace {

using emulated::KernelReport;
using emulated::LineReport;
using emulated::Space;

std::vector<i64> const counts = {65536, 64, 4096, 20000};

struct Inspected {
  std::vector<KernelReport> kernels;
  double declared, elements;
};

template <class Sample, class T>
Inspected inspect(bool copy = false) {
  auto const values = [&](std::string_view name, i64 count, u64 seed) {
    return name == "copy" && copy ? std::vector<f32>(static_cast<std::size_t>(count))
                                  : bench::optimizer_values(name, count, seed);
  };
  bench::TensorList<typename Sample::template Args<T>> const list(emulated::memory, Sample::template arguments<T>(),
                                                                  bench::optimizer_state, counts, values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.observer = &inspector});
  Sample::template operation<T>.emulated(list.args, {});
  return {report(inspector), cost(list.args).bytes(), count_of(list.args.list)};
}

void expect_efficient(Inspected const& inspected, int least_lines) {
  double moved = 0;
  for (KernelReport const& kernel : inspected.kernels) moved += static_cast<double>(kernel.least_bytes());
  EXPECT_NEAR(moved, inspected.declared, 0.01 * inspected.declared);
  int wide = 0;
  for (LineReport const& line : inspected.kernels.at(0).lines) {
    if (line.space != Space::global || line.bytes < 8 || line.counts.requests < 500) continue;
    EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
    ++wide;
  }
  EXPECT_EQ(wide, least_lines);
  EXPECT_EQ(inspected.kernels.at(0).shared.conflicts(), 0u);
}

TEST(OptimizerInspection, AdamWMoves28BytesAParameter) {
  Inspected const inspected = inspect<bench::AdamWSample, f32>();
  EXPECT_EQ(inspected.kernels.size(), 1u);
  EXPECT_NEAR(inspected.declared / inspected.elements, 28, 0.01);
  expect_efficient(inspected, 7);
}

TEST(OptimizerInspection, AdamWInBf16WithCopyAsWell) {
  Inspected const inspected = inspect<bench::AdamWSample, bf16>(true);
  EXPECT_NEAR(inspected.declared / inspected.elements, 28, 0.01);
  expect_efficient(inspected, 8);
}

TEST(OptimizerInspection, SgdMoves20BytesAParameter) {
  Inspected const inspected = inspect<bench::SgdSample, f32>();
  EXPECT_NEAR(inspected.declared / inspected.elements, 20, 0.01);
  expect_efficient(inspected, 5);
}

TEST(OptimizerInspection, TheNormReadsEachGradientOnce) {
  Inspected const inspected = inspect<bench::GradientNormSample, f32>();
  EXPECT_EQ(inspected.kernels.size(), 2u);
  EXPECT_NEAR(inspected.declared / inspected.elements, 4, 0.01);
  expect_efficient(inspected, 1);
}

}  // namespace
}  // namespace heddle::testing
