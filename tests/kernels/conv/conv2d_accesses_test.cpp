// Every access of the kernels of the convolution: none races, none is out of bounds.
#include "tests/kernels/conv/conv2d_cases.h"
#include "tests/support/accesses_test.h"

namespace heddle::testing {
namespace {

class Conv2dAccesses : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dAccesses, AreInOrder) {
  for_each_direction(GetParam(), [](auto const& c) { test_accesses(c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2dAccesses, ::testing::ValuesIn(conv2d_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
