// Convolutions for the kernels of sm_80, which are asked for.
#pragma once

#include <iterator>

#include "kernels/conv/conv_sm80_config.h"
#include "tests/kernels/conv/conv2d_cases.h"

namespace heddle::testing {

/// Kernels of 1 to 7 with padding of 0 to 3, among which every value of stride 1 to 3, dilation 1 and 2, one group and
/// two, and channels that are whole pieces of 16 bytes on both sides, on one, and on none, meets every other.
inline std::vector<Conv2dCase> paired_conv2d_cases() {
  struct Channels {
    i64 c, k;
  };
  constexpr Channels channels[] = {{16, 24}, {8, 3}, {3, 5}};
  std::vector<Conv2dCase> cases;
  for (i64 padding = 0; padding <= 3; ++padding)
    for (i64 kernel = 1; kernel <= 7; ++kernel) {
      i64 const stride = 1 + (kernel + padding) % 3, dilation = 1 + (kernel + padding) % 2;
      i64 const groups = 1 + (kernel + padding / 2) % 2;
      auto const [c, k] = channels[(kernel + 2 * padding) % 3];
      i64 const least = std::max<i64>(dilation * (kernel - 1) + 1 - 2 * padding, 1);
      cases.push_back({"kernel_" + std::to_string(kernel) + "_padding_" + std::to_string(padding),
                       {.n = 2,
                        .h = least + 3 * stride + 1,
                        .w = least + 4 * stride,
                        .c = groups * c,
                        .k = groups * k,
                        .r = kernel,
                        .s = kernel,
                        .stride_h = stride,
                        .stride_w = stride,
                        .dilation_h = dilation,
                        .dilation_w = dilation,
                        .padding = {padding, padding, padding, padding},
                        .groups = groups}});
    }
  return cases;
}

/// Layers of networks with fewer pixels: several tiles in each direction, several parts of the pixels, phases without
/// taps, stems.
inline std::vector<Conv2dCase> reduced_conv2d_cases() {
  return {
      {"stage", {.n = 3, .h = 14, .w = 13, .c = 24, .k = 136, .r = 3, .padding = {1, 1, 0, 0}}},
      {"stage_strided",
       {.n = 1,
        .h = 14,
        .w = 15,
        .c = 72,
        .k = 64,
        .r = 3,
        .s = 3,
        .stride_h = 2,
        .stride_w = 2,
        .padding = {0, 1, 1, 0}}},
      {"shortcut", {.n = 2, .h = 9, .w = 8, .c = 32, .k = 72, .stride_h = 2, .stride_w = 2}},
      {"stem",
       {.n = 1,
        .h = 33,
        .w = 30,
        .c = 3,
        .k = 64,
        .r = 7,
        .s = 7,
        .stride_h = 2,
        .stride_w = 2,
        .padding = {3, 3, 3, 3}}},
      {"stem_2x2", {.n = 2, .h = 17, .w = 16, .c = 3, .k = 24, .r = 2, .s = 2}},
      {"patches", {.n = 2, .h = 16, .w = 12, .c = 3, .k = 72, .r = 4, .s = 4, .stride_h = 4, .stride_w = 4}},
      {"odd", {.n = 1, .h = 7, .w = 9, .c = 33, .k = 67, .r = 3, .s = 3, .padding = {1, 1, 1, 1}}},
  };
}

/// One direction with one configuration of sm_80.
template <class Sample>
struct Conv2dSm80Pass : Conv2dPass<Sample> {
  int config = 0;
  Conv2dSm80Pass(Conv2dCase const& c, int given) : Conv2dPass<Sample>(c), config(given) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return {.shape = this->c.shape, .choice = {ConvPath::sm80, config}};
  }
  /// Without an epilogue.
  std::vector<f32> values(std::string_view name, i64 count, u64 seed) const {
    bool const operand = name == "x" || name == "dy" || name == "filter";
    return uniform(operand ? count : 0, seed);
  }
};

/// Calls visit with each direction of a case, in each configuration.
template <class Visit>
void for_each_sm80_pass(Conv2dCase const& c, Visit const& visit) {
  for (int config = 0; config < std::ssize(conv_sm80_configs); ++config) {
    visit(Conv2dSm80Pass<bench::Conv2dForwardSample>(c, config));
    visit(Conv2dSm80Pass<bench::Conv2dBackwardDataSample>(c, config));
  }
  for (int config = 0; config < std::ssize(filter_gradient_sm80_configs); ++config)
    visit(Conv2dSm80Pass<bench::Conv2dBackwardFilterSample>(c, config));
}

/// Calls visit with each direction of a case, in the `number`-th configuration of each.
template <class Visit>
void for_each_direction_on_sm80(Conv2dCase const& c, int number, Visit const& visit) {
  visit(Conv2dSm80Pass<bench::Conv2dForwardSample>(c, number % static_cast<int>(std::ssize(conv_sm80_configs))));
  visit(Conv2dSm80Pass<bench::Conv2dBackwardDataSample>(c, number % static_cast<int>(std::ssize(conv_sm80_configs))));
  visit(Conv2dSm80Pass<bench::Conv2dBackwardFilterSample>(
      c, number % static_cast<int>(std::ssize(filter_gradient_sm80_configs))));
}

}  // namespace heddle::testing
