// Some convolutions have kernels of their own, that make a direction as a whole: depthwise ones, and those that are
// products of matrices.
#pragma once

#include "kernels/conv/conv2d.h"

namespace heddle {

/// A filter of one channel for each channel, of at most 49 taps: by the depthwise kernels.
constexpr bool is_depthwise(Conv2dShape const& s) { return s.groups == s.c && s.groups == s.k && s.r * s.s <= 49; }

/// Every pixel by itself: a matrix product of the pixels and the filters.
constexpr bool is_product(Conv2dShape const& s) {
  return s.groups == 1 && s.r == 1 && s.s == 1 && s.stride_h == 1 && s.stride_w == 1 && s.padding == Padding2d{};
}

/// Whether the convolution goes this path, depthwise or gemm: it does where the kernels take it and no other is asked
/// for. Of both, depthwise comes first. The depthwise kernels have no epilogue.
template <class Args>
bool goes(ConvPath path, Args const& args) {
  ConvChoice const& choice = args.choice;
  if ((choice.path != ConvPath::automatic && choice.path != path) || choice.config != 0) return false;
  if (path == ConvPath::gemm) return is_product(args.shape);
  if constexpr (requires { args.epilogue; })
    if (!args.epilogue.empty()) return false;
  return is_depthwise(args.shape);
}

/// Into how many parts the pixels of a gradient of depthwise filters are cut: by the shape alone.
i64 depthwise_parts(Conv2dShape const& shape);

// What they take is checked, and has elements to write.
namespace cuda {
template <class T>
void depthwise_forward(Conv2dForwardArgs<T> const& args, Stream stream);
template <class T>
void depthwise_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream);
template <class T>
void depthwise_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream);
template <class T>
void product_forward(Conv2dForwardArgs<T> const& args, Stream stream);
template <class T>
void product_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream);
template <class T>
void product_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream);
}  // namespace cuda

namespace emulated {
template <class T>
void depthwise_forward(Conv2dForwardArgs<T> const& args, Stream stream);
template <class T>
void depthwise_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream);
template <class T>
void depthwise_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream);
template <class T>
void product_forward(Conv2dForwardArgs<T> const& args, Stream stream);
template <class T>
void product_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream);
template <class T>
void product_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream);
}  // namespace emulated

}  // namespace heddle
