// Every access of the kernels of pooling: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/pool/pool_cases.h"

namespace heddle::testing {
namespace {

/// Of one case, in a random order of threads.
template <class Case>
void check_accesses(Case const& c, bool once) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random, .seed = 3, .observer = &checker});
  test_operation<f32>(Device::emulated, c);
  if (!once) test_operation<bf16>(Device::emulated, c);
}

TEST(PoolAccesses, OfWindowsAreInOrder) {
  for (Pool2dCase const& c : pool2d_cases()) {
    SCOPED_TRACE(c.name);
    for_each_pool2d(c, [&](auto const& pass) { check_accesses(pass, c.once); });
  }
}

TEST(PoolAccesses, OfAdaptivePoolingAreInOrder) {
  for (AdaptivePool2dCase const& c : adaptive_pool2d_cases()) {
    SCOPED_TRACE(c.name);
    for_each_adaptive_pool(c, [](auto const& pass) { check_accesses(pass, false); });
  }
}

TEST(PoolAccesses, OfGlobalAveragesAreInOrder) {
  for (GlobalAverageSizes const& c : global_average_cases()) {
    SCOPED_TRACE(c.name);
    for_each_global_average(c, [&](auto const& pass) { check_accesses(pass, c.once); });
  }
}

}  // namespace
}  // namespace heddle::testing
