// The steps of an epilogue, and choices, through each configuration of the convolution's kernels for sm_90a.
#include <gtest/gtest.h>

#include "tests/kernels/conv/conv2d_sm90_pass.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

/// Bias, residual, and sums and products of channels, by the configuration asked for.
template <class Sample>
struct Conv2dEpiloguePass : Conv2dPass<Sample> {
  int config;
  Conv2dEpiloguePass(Conv2dCase const& c, int given) : Conv2dPass<Sample>(c), config(given) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return {.shape = this->c.shape, .choice = {ConvPath::sm90, config}};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64 seed) const {
    for (char const* given : {"x", "dy", "filter", "bias", "residual", "column_sums", "column_products"})
      if (name == given) return uniform(count, seed);
    return {};
  }

  template <class T>
  Bounds bounds(Conv2dForwardArgs<f32> const& a) const {
    return with_steps<T>(a, a.shape.k, a.y, Conv2dPass<Sample>::template bounds<T>(a).at("y"), "y");
  }
  template <class T>
  Bounds bounds(Conv2dBackwardDataArgs<f32> const& a) const {
    return with_steps<T>(a, a.shape.c, a.dx, Conv2dPass<Sample>::template bounds<T>(a).at("dx"), "dx");
  }

 private:
  /// Two additions to what a sum may be off by, and sums over the pixels of what is not yet rounded to T.
  template <class T>
  static Bounds with_steps(auto const& a, i64 channels, f32 const* target, std::vector<double> of_target,
                           char const* name) {
    constexpr double u = 0x1p-24;
    i64 const pixels = std::ssize(of_target) / channels;
    std::vector<double> sums(static_cast<std::size_t>(channels)), products(sums);
    for (std::size_t i = 0; i < of_target.size(); ++i) {
      std::size_t const channel = i % static_cast<std::size_t>(channels);
      double const x = std::abs(static_cast<double>(target[i]));
      of_target[i] += 4 * u * (x + std::abs(a.epilogue.bias[channel]) + std::abs(a.epilogue.residual[i]));
      double const before_rounding = of_target[i] - unit_roundoff<T> * x;
      double const of_sum = 2 * u * static_cast<double>(pixels + 1);
      sums[channel] += before_rounding + of_sum * x;
      products[channel] += (2 * x + before_rounding) * before_rounding + of_sum * x * x;
    }
    return {{name, of_target}, {"column_sums", sums}, {"column_products", products}};
  }
};

class Conv2dSm90Epilogue : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dSm90Epilogue, EmulatedInEachConfiguration) {
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                             .seed = 5,
                                             .completion = emulated::Completion::random,
                                             .architecture = 90});
  for (int config = 0; config < std::ssize(conv_sm90_configs); ++config) {
    SCOPED_TRACE(config);
    test_operation<bf16>(Device::emulated, Conv2dEpiloguePass<bench::Conv2dForwardSample>(GetParam(), config));
    test_operation<bf16>(Device::emulated, Conv2dEpiloguePass<bench::Conv2dBackwardDataSample>(GetParam(), config));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Conv2dSm90Epilogue,
    ::testing::Values(
        Conv2dCase{"same_3x3", {.n = 3, .h = 9, .w = 7, .c = 72, .k = 136, .r = 3, .s = 3, .padding = {1, 1, 1, 1}}},
        Conv2dCase{
            "phases",
            {.n = 4, .h = 9, .w = 11, .c = 8, .k = 16, .r = 2, .s = 3, .stride_h = 3, .stride_w = 2, .padding = {1}}}),
    [](auto const& test) { return test.param.name; });

std::string refusal(ConvChoice const& choice, i64 channels, int architecture = 90) {
  emulated::ScopedExecution const execution({.architecture = architecture});
  alignas(16) bf16 some[64] = {};
  Conv2dShape const shape = {.n = 1, .h = 1, .w = 1, .c = channels, .k = 8};
  return error_of([&] {
    emulated::conv2d_forward<bf16>({.shape = shape, .x = some, .filter = some, .y = some, .choice = choice}, {});
  });
}

TEST(Conv2dSm90Choice, IsRefusedWhereItCannotBe) {
  EXPECT_EQ(refusal({ConvPath::sm90, 0}, 8), "(no error)");
  EXPECT_EQ(refusal({ConvPath::sm90, 9}, 8),
            "[conv2d_forward] the kernel asked for does not take this convolution here: path=sm90, config=9; leave the "
            "choice to conv2d_forward");
  EXPECT_NE(refusal({ConvPath::sm90, 0}, 7), "(no error)");
  EXPECT_NE(refusal({ConvPath::sm90, 0}, 8, 80), "(no error)");
}

TEST(Conv2dSm90Configs, WithoutAKernelAreRefused) {
  EXPECT_EQ(error_of([] { emulated::conv_sm90(ConvProblem<bf16>{.name = "conv"}, {.columns = 192}, 4, {}); }),
            "[conv] this configuration has no kernel, or too few blocks: columns=192, stages=3, cluster=1, blocks=4; "
            "take one of conv_sm90_configs");
  EXPECT_NE(error_of([] { emulated::filter_gradient_sm90<bf16>({}, filter_gradient_sm90_configs[0], 1, {}); }),
            "(no error)");
}

/// Layers of networks: tiles of about 132 multiprocessors, or a multiple.
TEST(Conv2dSm90Choice, FillsACard) {
  Conv2dShape const wide = {.n = 2000, .h = 7, .w = 7, .c = 256, .k = 256, .r = 3, .s = 3, .padding = {1, 1, 1, 1}};
  Conv2dShape const narrow = {.n = 512, .h = 32, .w = 32, .c = 64, .k = 64, .r = 3, .s = 3, .padding = {1, 1, 1, 1}};
  EXPECT_EQ(fastest_conv_sm90(problem_of(Conv2dForwardArgs<bf16>{.shape = wide})), 0);
  EXPECT_EQ(fastest_conv_sm90(problem_of(Conv2dForwardArgs<bf16>{.shape = narrow})), 2);
  for (Conv2dShape const& shape : {wide, narrow}) {
    GemmSm90Config const config = filter_gradient_sm90_configs[fastest_filter_gradient_sm90(shape)];
    i64 const tiles = GemmTiles(shape.k, 9 * shape.c, filter_gradient_sm90_parts(shape, config), config).count();
    i64 const of_wave = 132 / config.cluster;
    EXPECT_GE(static_cast<double>(tiles), 0.9 * static_cast<double>(ceil_div(tiles, of_wave) * of_wave));
  }
}

}  // namespace
}  // namespace heddle::testing
