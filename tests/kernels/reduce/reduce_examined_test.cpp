// Every access of the kernels of reductions: none races, none is out of bounds, and all move what they must and no
// more.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/reduce/row_reduction_config.h"
#include "kernels/tile/column_reduction_config.h"
#include "tests/kernels/reduce/reduce_backward_reference.h"
#include "tests/kernels/reduce/reduce_reference.h"
#include "tests/support/inspect_sample.h"

namespace heddle::testing {
namespace {

class ReduceAccesses : public ::testing::TestWithParam<ReduceCase> {};

TEST_P(ReduceAccesses, AreInOrder) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random, .seed = 3, .observer = &checker});
  test_operation<f32>(Device::emulated, ReduceSumCase(GetParam(), Summary::sum));
  test_operation<bf16>(Device::emulated, ReduceSumCase(GetParam(), Summary::l2_norm));
  test_operation<bf16>(Device::emulated, ReduceDotCase(GetParam()));
  test_operation<f32>(Device::emulated, ReduceMaxCase(GetParam()));
  test_operation<bf16>(Device::emulated, ReduceMaxCase(GetParam()));
  test_operation<f32>(Device::emulated, ReduceSumBackwardCase(GetParam(), Summary::mean));
  test_operation<bf16>(Device::emulated, ReduceSumBackwardCase(GetParam(), Summary::l2_norm));
  test_operation<bf16>(Device::emulated, ReduceMaxBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, ReduceAccesses, ::testing::ValuesIn(reduce_cases()),
                         [](auto const& test) { return test.param.name; });

/// Of the states that blocks leave where several share an axis, by the plan for bf16.
double state_bytes(ReduceShape const& shape) {
  i64 const chunks = shape.inner == 1 ? plan_row_reduction(shape.outer, shape.axis, 8).chunks
                                      : plan_column_reduction(shape.outer, shape.axis, shape.inner, 8).chunks;
  return chunks == 1 ? 0 : static_cast<double>(shape.results() * chunks) * sizeof(f32);
}

// Rows of a warp, of a block, of several blocks; columns of one block each, and of several.
TEST(ReduceInspection, EveryByteOnceAndEverySectorFull) {
  for (ReduceShape const& shape :
       std::vector<ReduceShape>{{64, 1024, 1}, {16, 16384, 1}, {1, 262144, 1}, {600, 16, 256}, {1, 8192, 64}}) {
    SCOPED_TRACE(::testing::PrintToString(std::vector{shape.outer, shape.axis, shape.inner}));
    auto const report = inspect_sample<bench::ReduceSumSample, bf16>({shape.outer, shape.axis, shape.inner});
    EXPECT_NEAR(report.least_bytes(), report.declared_bytes + state_bytes(shape), 0.01 * report.declared_bytes);
    expect_efficient(report.kernels.at(0), 16);
    EXPECT_LT(state_bytes(shape), 0.02 * report.declared_bytes);
    auto const of_dot = inspect_sample<bench::ReduceDotSample, bf16>({shape.outer, shape.axis, shape.inner});
    EXPECT_NEAR(of_dot.least_bytes(), of_dot.declared_bytes + state_bytes(shape), 0.01 * of_dot.declared_bytes);
    expect_efficient(of_dot.kernels.at(0), 16);
  }
}

TEST(ReduceInspection, GradientsTouchEveryByteOnceAndFillEverySector) {
  for (std::vector<i64> const& sizes : std::vector<std::vector<i64>>{{64, 1024, 1}, {60, 16, 256}, {1, 1024, 64}}) {
    SCOPED_TRACE(::testing::PrintToString(sizes));
    for (auto const& report : {inspect_sample<bench::ReduceSumBackwardSample, bf16>(sizes),
                               inspect_sample<bench::ReduceMaxBackwardSample, bf16>(sizes)}) {
      EXPECT_NEAR(report.least_bytes(), report.declared_bytes, 0.01 * report.declared_bytes);
      expect_efficient(report.kernels.at(0), 16);
    }
  }
}

}  // namespace
}  // namespace heddle::testing
