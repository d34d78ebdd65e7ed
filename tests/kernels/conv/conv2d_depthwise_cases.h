// The shapes that the depthwise kernels are tested with: each window that they know, and what is beside it.
#pragma once

#include "tests/support/cases_conv2d.h"

namespace heddle::testing {

/// n x h x w x c of square filters, which read `padding` on all sides.
struct DepthwiseSizes {
  i64 n, h, w, c, filter, stride = 1, padding = 0, dilation = 1;
};

inline Conv2dShape depthwise_shape(DepthwiseSizes const& s) {
  return {.n = s.n,
          .h = s.h,
          .w = s.w,
          .c = s.c,
          .k = s.c,
          .r = s.filter,
          .s = s.filter,
          .stride_h = s.stride,
          .stride_w = s.stride,
          .dilation_h = s.dilation,
          .dilation_w = s.dilation,
          .padding = {s.padding, s.padding, s.padding, s.padding},
          .groups = s.c};
}

/// Filters of 1 to 7 taps along an axis, strides of 1 to 3, padding of 0 to 3 and dilation of 1 and 2, whole vectors of
/// channels and none.
inline std::vector<Conv2dCase> depthwise_cases() {
  std::vector<Conv2dCase> cases = {
      {"no_images", depthwise_shape({0, 5, 5, 8, 3})},
      {"one", depthwise_shape({1, 1, 1, 1, 1})},
      {"pointwise", depthwise_shape({2, 3, 5, 16, 1})},
      {"pointwise_strided", depthwise_shape({2, 6, 5, 8, 1, 2})},
      {"same_2x2", depthwise_shape({1, 6, 7, 16, 2, 1, 1})},
      {"same_3x3", depthwise_shape({2, 7, 9, 24, 3, 1, 1})},
      {"same_3x3_odd", depthwise_shape({2, 6, 6, 13, 3, 1, 1})},
      {"strided_3x3", depthwise_shape({2, 9, 12, 16, 3, 2, 1})},
      {"strided_3x3_even", depthwise_shape({1, 8, 7, 8, 3, 2, 0})},
      {"strided_3x3_odd", depthwise_shape({1, 8, 7, 11, 3, 2, 2})},
      {"stride_3", depthwise_shape({1, 10, 11, 8, 3, 3, 1})},
      {"dilated_3x3", depthwise_shape({1, 9, 8, 8, 3, 1, 2, 2})},
      {"dilated_and_strided", depthwise_shape({1, 9, 10, 8, 3, 2, 2, 2})},
      {"same_4x4", depthwise_shape({1, 7, 6, 8, 4, 1, 3})},
      {"same_5x5", depthwise_shape({1, 7, 10, 16, 5, 1, 2})},
      {"strided_5x5", depthwise_shape({2, 11, 9, 8, 5, 2, 2})},
      {"strided_5x5_even", depthwise_shape({1, 10, 12, 8, 5, 2, 1})},
      {"strided_6x6", depthwise_shape({1, 9, 9, 8, 6, 2, 2})},
      {"same_7x7", depthwise_shape({1, 9, 8, 8, 7, 1, 3})},
      {"strided_7x7", depthwise_shape({1, 9, 10, 8, 7, 2, 3})},
      {"two_slabs", depthwise_shape({1, 3, 5, 272, 3, 1, 1})},
      {"odd_slabs", depthwise_shape({1, 3, 2, 37, 3, 1, 1})},
      {"parts", depthwise_shape({3, 31, 30, 8, 3, 1, 1})},
  };
  Conv2dShape mixed = depthwise_shape({2, 8, 9, 16, 3, 1, 1});
  mixed.stride_h = 2;
  cases.push_back({"strided_down", mixed});
  mixed.stride_h = 1;
  mixed.stride_w = 2;
  mixed.padding = {0, 2, 3, 1};
  cases.push_back({"strided_across", mixed});
  mixed.r = 5;
  cases.push_back({"tall", mixed});
  return cases;
}

}  // namespace heddle::testing
