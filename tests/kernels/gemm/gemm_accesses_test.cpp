// Every access of the kernels of the matrix product: none races, none is out of bounds.
#include "tests/kernels/gemm/gemm_skinny_cases.h"
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

class GemmSkinnyAccesses : public ::testing::TestWithParam<GemmPass> {};

TEST_P(GemmSkinnyAccesses, AreInOrder) { test_accesses(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Cases, GemmSkinnyAccesses, ::testing::ValuesIn(skinny_passes()),
                         [](auto const& test) { return skinny_name(test.param); });

}  // namespace
}  // namespace heddle::testing
