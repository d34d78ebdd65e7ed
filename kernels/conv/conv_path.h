// Which convolutions have kernels of their own.
#pragma once

#include "kernels/conv/conv2d.h"

namespace heddle {

/// A filter of one channel for each channel, of at most 49 taps: by the depthwise kernels.
constexpr bool is_depthwise(Conv2dShape const& s) { return s.groups == s.c && s.groups == s.k && s.r * s.s <= 49; }

/// Every pixel by itself: a matrix product of the pixels and the filters.
constexpr bool is_product(Conv2dShape const& s) {
  return s.groups == 1 && s.r == 1 && s.s == 1 && s.stride_h == 1 && s.stride_w == 1 && s.padding == Padding2d{};
}

/// Whether a path of its own takes the convolution.
template <class Args>
bool takes(ConvPath path, Args const& args) {
  if (args.choice.config != 0) return false;
  if (path == ConvPath::gemm) return is_product(args.shape);
  if constexpr (requires { args.epilogue; })
    if (!args.epilogue.empty()) return false;
  return path == ConvPath::depthwise && is_depthwise(args.shape);
}

/// The path asked for, or one of its own; else it stays automatic.
template <class Args>
ConvPath path_of(Args const& args) {
  if (args.choice.path != ConvPath::automatic) return args.choice.path;
  for (ConvPath const path : {ConvPath::depthwise, ConvPath::gemm})
    if (takes(path, args)) return path;
  return ConvPath::automatic;
}

}  // namespace heddle
