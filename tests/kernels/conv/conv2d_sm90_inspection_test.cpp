// What the convolution's kernels for sm_90a cost, by the inspector. Linked with kernels that are examined.
#include <gtest/gtest.h>

#include "kernels/machine/host/inspector/report.h"
#include "tests/kernels/conv/conv2d_sm90_pass.h"

namespace heddle::testing {
namespace {

/// Whole tiles of every configuration in each direction: 256 pixels, 256 channels on either side, three taps.
Conv2dCase const whole = {"whole",
                          {.n = 4, .h = 8, .w = 8, .c = 256, .k = 256, .r = 3, .s = 1, .padding = {1, 1, 0, 0}}};
constexpr i64 pixels = 256, channels = 256, taps = 3;
/// Pixels at taps that are not on the padding.
constexpr i64 read_at_taps = 4 * 8 * (3 * 8 - 2);

template <class Pass>
emulated::KernelReport inspect(Pass const& pass) {
  auto args = pass.template arguments<bf16>();
  bench::Operands const operands(emulated::memory, args,
                                 [&](auto name, i64 count, u64 seed) { return pass.values(name, count, seed); });
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = 90, .observer = &inspector});
  pass.template operation<bf16>.emulated(args, {});
  return report(inspector).at(0);
}

/// The operations that are declared, and no access to memory or to shared memory that takes longer than it must.
void expect_efficient(emulated::KernelReport const& kernel) {
  EXPECT_EQ(static_cast<double>(kernel.matrix_operations), 2.0 * pixels * channels * channels * taps);
  EXPECT_EQ(kernel.global.efficiency(), 1);
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
}

/// Each tile requests its pixels at each tap, but not the padding, and its filters; what one copy brings to two blocks
/// counts twice here. Of all, source, filters and target are touched once.
template <class Sample, int index>
void expect_requests() {
  constexpr GemmSm90Config config = conv_sm90_configs[index];
  SCOPED_TRACE(index);
  emulated::KernelReport const kernel = inspect(Conv2dSm90Pass<Sample, index>(whole));
  expect_efficient(kernel);
  i64 const source = read_at_taps * channels * (channels / config.columns);
  i64 const filters = taps * channels * channels * (pixels / config.rows);
  EXPECT_EQ(kernel.moved_bytes(), static_cast<u64>(source + filters + pixels * channels) * sizeof(bf16));
  EXPECT_EQ(static_cast<i64>(kernel.least_bytes()) / 2, 2 * pixels * channels + taps * channels * channels);
}

TEST(Conv2dSm90Inspection, TilesRequestWhatTheyNeed) {
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    (expect_requests<bench::Conv2dForwardSample, index>(), ...);
    (expect_requests<bench::Conv2dBackwardDataSample, index>(), ...);
  }
  (std::make_index_sequence<std::size(conv_sm90_configs)>{});
}

/// Likewise, each tile requests dy, and its channels of x at its taps. The parts in f32 are written, read and added.
template <int index>
void expect_gradient_requests() {
  constexpr GemmSm90Config config = filter_gradient_sm90_configs[index];
  SCOPED_TRACE(index);
  emulated::KernelReport const kernel = inspect(Conv2dSm90Pass<bench::Conv2dBackwardFilterSample, index>(whole));
  expect_efficient(kernel);
  i64 const parts = filter_gradient_sm90_parts(whole.shape, config), gradient = taps * channels * channels;
  i64 const dy = pixels * channels * (taps * channels / config.columns);
  i64 const x = read_at_taps * channels * (channels / config.rows);
  i64 const added = 2 * parts * gradient * static_cast<i64>(sizeof(f32)) + gradient * static_cast<i64>(sizeof(bf16));
  EXPECT_EQ(static_cast<i64>(kernel.moved_bytes()), 2 * (dy + x) + added);
  EXPECT_EQ(static_cast<i64>(kernel.least_bytes()), 2 * (2 * pixels * channels) + added);
}

TEST(Conv2dSm90Inspection, FilterGradientsRequestWhatTheyNeed) {
  [&]<std::size_t... index>(std::index_sequence<index...>) { (expect_gradient_requests<index>(), ...); }
  (std::make_index_sequence<std::size(filter_gradient_sm90_configs)>{});
}

}  // namespace
}  // namespace heddle::testing
