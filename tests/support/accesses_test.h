// Every access of an operation's kernels: none races, none is out of bounds. For tests linked with kernels that are
// examined.
#pragma once

#include "kernels/machine/host/checker/access_checker.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

/// Runs a case (operation_test.h) in a random order of threads, under the access checker, of which a fault is an Error.
template <class Case>
void test_accesses(Case const& c, EmulatedTest const& test = {}) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                             .seed = 3,
                                             .completion = emulated::Completion::random,
                                             .architecture = test.architecture,
                                             .observer = &checker});
  test_operation<f32>(Device::emulated, c);
  if (!test.once) test_operation<bf16>(Device::emulated, c);
}

}  // namespace heddle::testing
