// Every access of each configuration of the matrix product for sm_90a: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "tests/kernels/gemm/gemm_sm90_pass.h"

namespace heddle::testing {
namespace {

class GemmSm90Accesses : public ::testing::TestWithParam<GemmSm90Case> {};

TEST_P(GemmSm90Accesses, AreInOrder) {
  for_each_gemm_sm90_config([&]<int index>() {
    SCOPED_TRACE(index);
    emulated::AccessChecker checker;
    emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                               .seed = 3,
                                               .completion = emulated::Completion::random,
                                               .architecture = 90,
                                               .observer = &checker});
    test_operation<bf16>(Device::emulated, GemmSm90Pass<index>(GetParam()));
  });
}

INSTANTIATE_TEST_SUITE_P(Cases, GemmSm90Accesses, ::testing::ValuesIn(gemm_sm90_cases()),
                         [](auto const& test) { return test.param.one.name; });

}  // namespace
}  // namespace heddle::testing
