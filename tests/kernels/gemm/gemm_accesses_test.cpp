// Every access of the kernels of the matrix product: none races, none is out of bounds.
#include "tests/kernels/gemm/gemm_reference.h"
#include "tests/kernels/gemm/gemm_types.h"
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

class GemmOperandTypesAccesses : public ::testing::TestWithParam<GemmTypesCase> {};

TEST_P(GemmOperandTypesAccesses, AreInOrder) {
  for (int const architecture : {80, 90}) {
    emulated::AccessChecker checker;
    emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                               .seed = 3,
                                               .completion = emulated::Completion::random,
                                               .architecture = architecture,
                                               .observer = &checker});
    test_all_operands(Device::emulated, GetParam(), true);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GemmOperandTypesAccesses, ::testing::ValuesIn(gemm_types_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
