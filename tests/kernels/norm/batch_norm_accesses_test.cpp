// Every access of the kernels of batch normalisation: none races, none is out of bounds.
#include "tests/kernels/norm/batch_norm_bounds.h"
#include "tests/support/accesses_test.h"

namespace heddle::testing {
namespace {

class BatchNormAccesses : public ::testing::TestWithParam<BatchNormCase> {};

TEST_P(BatchNormAccesses, AreInOrder) {
  test_accesses(BatchNormTrainingCase(GetParam()));
  test_accesses(BatchNormInferenceCase(GetParam()));
  test_accesses(BatchNormBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, BatchNormAccesses, ::testing::ValuesIn(batch_norm_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
