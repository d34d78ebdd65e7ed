// Convolutions for each configuration of the kernels for sm_90a, whichever would be chosen for them, on few blocks:
// each takes several tiles.
#pragma once

#include "kernels/conv/conv_directions.h"
#include "kernels/conv/conv_tensor_core.h"
#include "tests/kernels/conv/conv2d_cases.h"

namespace heddle::testing {

/// Tiles that cross rows and images, and end within the channels of either side; phases of strides; taps that read the
/// padding alone.
inline std::vector<Conv2dCase> conv2d_sm90_cases() {
  return {
      {"whole_tiles", {.n = 2, .h = 8, .w = 8, .c = 64, .k = 64, .r = 3, .s = 3, .padding = {1, 1, 1, 1}}},
      {"pointwise", {.n = 1, .h = 16, .w = 19, .c = 136, .k = 264}},
      {"same_3x3", {.n = 3, .h = 9, .w = 7, .c = 72, .k = 40, .r = 3, .s = 3, .padding = {1, 1, 1, 1}}},
      {"stride_2",
       {.n = 5,
        .h = 11,
        .w = 10,
        .c = 16,
        .k = 24,
        .r = 3,
        .s = 3,
        .stride_h = 2,
        .stride_w = 2,
        .padding = {1, 1, 1, 1}}},
      {"stride_2_by_3",
       {.n = 7,
        .h = 9,
        .w = 11,
        .c = 8,
        .k = 16,
        .r = 4,
        .s = 3,
        .stride_h = 2,
        .stride_w = 3,
        .padding = {0, 2, 3, 1}}},
      {"dilated",
       {.n = 2,
        .h = 11,
        .w = 12,
        .c = 24,
        .k = 40,
        .r = 3,
        .s = 2,
        .dilation_h = 2,
        .dilation_w = 3,
        .padding = {3, 0, 1, 2}}},
      {"many_images", {.n = 33, .h = 4, .w = 4, .c = 72, .k = 8, .r = 2, .s = 3, .padding = {0, 1, 1, 1}}},
  };
}

/// On four blocks. Sample: forward, backward-data, whose phases follow each other, or backward-filter.
template <class Sample, int index>
struct Conv2dSm90Pass : Conv2dPass<Sample> {
  using Conv2dPass<Sample>::Conv2dPass;
  static constexpr int blocks = 4;

  std::vector<f32> values(std::string_view name, i64 count, u64 seed) const {
    bool const given = name == "x" || name == "filter" || name == "dy";
    return given ? uniform(count, seed) : std::vector<f32>();
  }

  template <class T>
  using Args = typename Sample::template Args<T>;

  /// Without an epilogue.
  template <class T>
  static void correlate(ConvProblem<T> c, T* target, auto const& launcher) {
    c.output = output_of<T>(c, target, {}, nullptr, 0);
    EXPECT_TRUE(conv_sm90_takes(c));
    launcher(c, conv_sm90_configs[index], blocks);
  }

  template <class T>
  static void each(Conv2dForwardArgs<T> const& args, auto const& launcher, auto const&) {
    correlate(problem_of(args), args.y, launcher);
  }
  template <class T>
  static void each(Conv2dBackwardDataArgs<T> const& args, auto const& launcher, auto const&) {
    for (i64 h = 0; h < args.shape.stride_h; ++h)
      for (i64 w = 0; w < args.shape.stride_w; ++w) correlate(problem_of(args, h, w), args.dx, launcher);
  }
  template <class T>
  static void each(Conv2dBackwardFilterArgs<T> const& args, auto const&, auto const& launcher) {
    EXPECT_TRUE(filter_gradient_sm90_takes(args));
    launcher(args, filter_gradient_sm90_configs[index], blocks);
  }

  template <class T>
  static void emulate(Args<T> const& args, Stream stream) {
    if constexpr (sizeof(T) == 2)
      each(
          args, [&](auto const&... given) { emulated::conv_sm90<T>(given..., stream); },
          [&](auto const&... given) { emulated::filter_gradient_sm90<T>(given..., stream); });
  }
  template <class T>
  static void run(Args<T> const& args, Stream stream) {
    if constexpr (cuda::in_build && sizeof(T) == 2)
      each(
          args, [&](auto const&... given) { cuda::conv_sm90<T>(given..., stream); },
          [&](auto const&... given) { cuda::filter_gradient_sm90<T>(given..., stream); });
  }
  template <class T>
  static constexpr Operation<Args<T>> operation = {Sample::template operation<T>.name,
                                                   Sample::template operation<T>.cpu, run<T>, emulate<T>};
};

/// Calls visit with each direction of a case in each configuration.
template <class Visit>
void for_each_sm90_pass(Conv2dCase const& c, Visit const& visit) {
  auto const each = [&]<class Sample, std::size_t... index>(std::index_sequence<index...>) {
    (visit(Conv2dSm90Pass<Sample, static_cast<int>(index)>(c)), ...);
  };
  constexpr auto tiles = std::make_index_sequence<std::size(conv_sm90_configs)>{};
  each.template operator()<bench::Conv2dForwardSample>(tiles);
  each.template operator()<bench::Conv2dBackwardDataSample>(tiles);
  each.template operator()<bench::Conv2dBackwardFilterSample>(
      std::make_index_sequence<std::size(filter_gradient_sm90_configs)>{});
}

}  // namespace heddle::testing
