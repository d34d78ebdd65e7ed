// Every access of the kernels of losses: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/loss/cross_entropy_reference.h"
#include "tests/kernels/loss/dice_loss_reference.h"
#include "tests/kernels/loss/distance_loss_reference.h"
#include "tests/kernels/loss/kl_divergence_reference.h"
#include "tests/kernels/loss/pair_loss_reference.h"

namespace heddle::testing {
namespace {

template <class Pass>
void expect_in_order(Pass const& pass, int architecture = 90) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                             .seed = 3,
                                             .completion = emulated::Completion::random,
                                             .architecture = architecture,
                                             .observer = &checker});
  test_operation<f32>(Device::emulated, pass);
  if (!pass.c.once) test_operation<bf16>(Device::emulated, pass);
}

class CrossEntropyAccesses : public ::testing::TestWithParam<CrossEntropyCase> {};

TEST_P(CrossEntropyAccesses, AreInOrder) { expect_in_order(CrossEntropyPass(GetParam()), GetParam().architecture); }

INSTANTIATE_TEST_SUITE_P(Cases, CrossEntropyAccesses, ::testing::ValuesIn(cross_entropy_cases()),
                         [](auto const& test) { return test.param.name; });

class PairLossAccesses : public ::testing::TestWithParam<PairLossCase> {};

TEST_P(PairLossAccesses, AreInOrder) { expect_in_order(PairLossPass(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, PairLossAccesses, ::testing::ValuesIn(pair_loss_cases()),
                         [](auto const& test) { return test.param.name; });

class KlDivergenceAccesses : public ::testing::TestWithParam<KlDivergenceCase> {};

TEST_P(KlDivergenceAccesses, AreInOrder) { expect_in_order(KlDivergencePass(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, KlDivergenceAccesses, ::testing::ValuesIn(kl_divergence_cases()),
                         [](auto const& test) { return test.param.name; });

class DiceLossAccesses : public ::testing::TestWithParam<DiceLossCase> {};

TEST_P(DiceLossAccesses, AreInOrder) {
  expect_in_order(DiceLossForwardPass(GetParam()));
  expect_in_order(DiceLossBackwardPass(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, DiceLossAccesses, ::testing::ValuesIn(dice_loss_cases()),
                         [](auto const& test) { return test.param.name; });

class DistanceLossAccesses : public ::testing::TestWithParam<DistanceLossCase> {};

TEST_P(DistanceLossAccesses, AreInOrder) { expect_in_order(DistanceLossPass(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, DistanceLossAccesses, ::testing::ValuesIn(distance_loss_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
