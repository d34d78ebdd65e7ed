// Every access of the kernels of the matrix product: none races, none is out of bounds.
#include "tests/kernels/gemm/epilogue_cases.h"
#include "tests/kernels/gemm/gemm_skinny_cases.h"
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

class GemmSkinnyAccesses : public ::testing::TestWithParam<GemmPass> {};

TEST_P(GemmSkinnyAccesses, AreInOrder) { test_accesses(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Cases, GemmSkinnyAccesses, ::testing::ValuesIn(skinny_passes()),
                         [](auto const& test) { return skinny_name(test.param); });

/// Also of what comes after the launch of a product: sums of columns.
TEST(GemmEpilogueAccesses, AreInOrder) {
  for (i64 const misaligned : {0, 1}) {
    EpilogueCase const c = {.name = "",
                            .steps =
                                "bias before_activation gradient_of residual column_sums column_products "
                                "absolute_maximum scale ",
                            .activation = Activation::gelu_tanh,
                            .m = 150,
                            .n = 133,
                            .k = 40,
                            .beta = 1,
                            .extra = 3 + misaligned};
    emulated::AccessChecker checker;
    emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                               .seed = 3,
                                               .completion = emulated::Completion::random,
                                               .architecture = 80,
                                               .observer = &checker});
    test_epilogue<f32, f32>(c, emulated::memory, emulated::gemm<f32>);
    test_epilogue<bf16, bf16>(c, emulated::memory, emulated::gemm<bf16>);
  }
}

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
