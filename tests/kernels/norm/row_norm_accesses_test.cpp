// Every access of the kernels of the normalisation of rows: none races, none is out of bounds.
#include "tests/kernels/norm/row_norm_cases.h"
#include "tests/support/accesses_test.h"

namespace heddle::testing {
namespace {

class RowNormAccesses : public ::testing::TestWithParam<RowNormCase> {};

TEST_P(RowNormAccesses, AreInOrder) {
  for_each_row_norm(GetParam(),
                    [](auto const& c) { test_accesses(c, {.architecture = c.c.architecture, .once = c.c.once}); });
}

INSTANTIATE_TEST_SUITE_P(Cases, RowNormAccesses, ::testing::ValuesIn(row_norm_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
