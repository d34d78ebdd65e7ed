// Every access of the kernels of group normalisation: none races, none is out of bounds.
#include "tests/kernels/norm/group_norm_bounds.h"
#include "tests/support/accesses_test.h"

namespace heddle::testing {
namespace {

class GroupNormAccesses : public ::testing::TestWithParam<GroupNormCase> {};

TEST_P(GroupNormAccesses, AreInOrder) {
  test_accesses(GroupNormForwardCase(GetParam()));
  test_accesses(GroupNormBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, GroupNormAccesses, ::testing::ValuesIn(group_norm_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
