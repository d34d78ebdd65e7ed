// Every access of the kernels of softmax: none races, none is out of bounds.
#include "tests/kernels/softmax/softmax_reference.h"
#include "tests/support/accesses_test.h"

namespace heddle::testing {
namespace {

class SoftmaxAccesses : public ::testing::TestWithParam<SoftmaxCase> {};

TEST_P(SoftmaxAccesses, AreInOrder) {
  for_each_pass(GetParam(),
                [](auto const& c) { test_accesses(c, {.architecture = c.c.architecture, .once = c.c.once}); });
}

INSTANTIATE_TEST_SUITE_P(Cases, SoftmaxAccesses, ::testing::ValuesIn(softmax_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
