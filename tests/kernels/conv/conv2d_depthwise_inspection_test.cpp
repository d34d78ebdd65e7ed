// What the depthwise kernels cost, by the inspector, and that every access of theirs is in order. Linked with kernels
// that are examined.
#include "bench/samples/conv2d.h"
#include "tests/kernels/conv/conv2d_cases.h"
#include "tests/kernels/conv/conv2d_depthwise_cases.h"
#include "tests/support/accesses_test.h"
#include "tests/support/inspect_sample.h"

namespace heddle::testing {
namespace {

class Conv2dDepthwiseAccesses : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dDepthwiseAccesses, AreInOrder) {
  for_each_direction(GetParam(), [](auto const& c) { test_accesses(c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2dDepthwiseAccesses, ::testing::ValuesIn(depthwise_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
