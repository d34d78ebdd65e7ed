// The convolutions by mma.sync: every access is in order and in bounds, and they cost what their headers say. Linked
// with kernels that are examined.
#include "kernels/machine/host/inspector/report.h"
#include "tests/kernels/conv/conv2d_sm80_cases.h"
#include "tests/support/accesses_test.h"

namespace heddle::testing {
namespace {

TEST(Conv2dSm80Accesses, AreInOrder) {
  int number = 0;
  for (Conv2dCase const& c : small_conv2d_cases())
    for_each_direction_on_sm80(c, number++, [](auto const& pass) {
      emulated::AccessChecker checker;
      emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                                 .seed = 3,
                                                 .completion = emulated::Completion::random,
                                                 .architecture = 80,
                                                 .observer = &checker});
      test_operation<bf16>(Device::emulated, pass);
    });
}

template <class Pass>
std::vector<emulated::KernelReport> inspect(Pass const& pass) {
  auto args = pass.template arguments<bf16>();
  bench::Operands const operands(emulated::memory, args,
                                 [&](auto name, i64 count, u64 seed) { return pass.values(name, count, seed); });
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = 80, .observer = &inspector});
  Pass::template operation<bf16>.emulated(args, {});
  return report(inspector);
}

/// Of a product that is made in whole tiles, a depth of 32 at a time.
double operations_of_tiles(i64 m, i64 n, i64 depth, MmaTileConfig const& config) {
  auto const whole = [](i64 size, i64 of) { return static_cast<double>(ceil_div(size, of) * of); };
  return 2 * whole(m, config.rows) * whole(n, config.columns) * whole(depth, 32);
}

/// Every tensor is read or written once, in whole sectors, and shared memory without conflicts.
template <class Pass>
void expect_ideal(Pass const& pass, double operations) {
  SCOPED_TRACE(::testing::Message() << Pass::template operation<bf16>.name << ", config " << pass.config);
  emulated::KernelReport const kernel = inspect(pass).at(0);
  EXPECT_EQ(static_cast<double>(kernel.least_bytes()), cost(pass.template arguments<bf16>()).bytes());
  EXPECT_EQ(static_cast<double>(kernel.matrix_operations), operations);
  EXPECT_EQ(kernel.global.efficiency(), 1);
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
}

TEST(Conv2dSm80Inspection, WholePiecesOfChannelsAreIdeal) {
  Conv2dShape const s = {.n = 2, .h = 8, .w = 8, .c = 64, .k = 128, .r = 3, .s = 3, .padding = {1, 1, 1, 1}};
  for_each_sm80_pass({"", s}, [&](auto const& pass) {
    using Sample = typename std::decay_t<decltype(pass)>::Direction;
    if constexpr (std::same_as<Sample, bench::Conv2dForwardSample>)
      expect_ideal(pass, operations_of_tiles(128, s.k, 9 * s.c, conv_sm80_configs[pass.config]));
    else if constexpr (std::same_as<Sample, bench::Conv2dBackwardDataSample>)
      expect_ideal(pass, operations_of_tiles(128, s.c, 9 * s.k, conv_sm80_configs[pass.config]));
    else
      expect_ideal(pass, operations_of_tiles(s.k, 9 * s.c, 128, filter_gradient_sm80_configs[pass.config]));
  });
}

/// The 4 phases of the stride have 4, 2, 2 and 1 of the 9 taps.
TEST(Conv2dSm80Inspection, StridedBackwardDataWastesNoTap) {
  Conv2dShape const s = {.n = 2,
                         .h = 16,
                         .w = 16,
                         .c = 64,
                         .k = 32,
                         .r = 3,
                         .s = 3,
                         .stride_h = 2,
                         .stride_w = 2,
                         .padding = {1, 1, 1, 1}};
  Conv2dSm80Pass<bench::Conv2dBackwardDataSample> const pass({"", s}, 1);
  double operations = 0;
  for (emulated::KernelReport const& kernel : inspect(pass)) {
    operations += static_cast<double>(kernel.matrix_operations);
    EXPECT_EQ(kernel.global.efficiency(), 1);
    EXPECT_EQ(kernel.shared.conflicts(), 0u);
  }
  EXPECT_EQ(operations, pass.arguments<bf16>().flops());
}

/// A stem of 7 x 7 x 3: 147 products of a pixel and filter are 160; nothing is padded in memory.
TEST(Conv2dSm80Inspection, StemIsPackedAlongTheDepth) {
  Conv2dShape const s = {
      .n = 2, .h = 16, .w = 16, .c = 3, .k = 64, .r = 7, .s = 7, .stride_h = 2, .stride_w = 2, .padding = {3, 3, 3, 3}};
  Conv2dSm80Pass<bench::Conv2dForwardSample> const forward({"", s}, 1);
  emulated::KernelReport const kernel = inspect(forward).at(0);
  EXPECT_EQ(static_cast<double>(kernel.least_bytes()), cost(forward.arguments<bf16>()).bytes());
  EXPECT_EQ(static_cast<double>(kernel.matrix_operations), operations_of_tiles(128, 64, 160, conv_sm80_configs[1]));
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
  Conv2dSm80Pass<bench::Conv2dBackwardFilterSample> const backward({"", s}, 2);
  EXPECT_EQ(static_cast<double>(inspect(backward).at(0).matrix_operations),
            operations_of_tiles(64, 147, 128, filter_gradient_sm80_configs[2]));
}

}  // namespace
}  // namespace heddle::testing
