// Every access of the kernels of the matrix product: none races, none is out of bounds.
#include "tests/kernels/gemm/gemm_reference.h"
#include "tests/support/accesses_test.h"

namespace heddle::testing {
namespace {

class GemmAccesses : public ::testing::TestWithParam<GemmCase> {};

TEST_P(GemmAccesses, AreInOrder) { test_accesses(GemmPass(GetParam()), {.once = GetParam().once}); }

TEST_P(GemmAccesses, AreInOrderOnSm80) {
  test_accesses(GemmPass(GetParam()), {.architecture = 80, .once = GetParam().once});
}

INSTANTIATE_TEST_SUITE_P(Cases, GemmAccesses, ::testing::ValuesIn(gemm_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
