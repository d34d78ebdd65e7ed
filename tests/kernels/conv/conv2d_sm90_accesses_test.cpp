// Every access of each configuration of the convolution's kernels for sm_90a: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "tests/kernels/conv/conv2d_sm90_pass.h"

namespace heddle::testing {
namespace {

class Conv2dSm90Accesses : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dSm90Accesses, AreInOrder) {
  for_each_sm90_pass(GetParam(), [](auto const& pass) {
    SCOPED_TRACE(pass.template operation<bf16>.name);
    emulated::AccessChecker checker;
    emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                               .seed = 3,
                                               .completion = emulated::Completion::random,
                                               .architecture = 90,
                                               .observer = &checker});
    test_operation<bf16>(Device::emulated, pass);
  });
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2dSm90Accesses, ::testing::ValuesIn(conv2d_sm90_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
