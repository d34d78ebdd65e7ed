// Convolutions with one filter of one channel for each input channel, by kernels of their own.
#pragma once

#include "kernels/conv/conv2d.h"

namespace heddle {

/// Whether the depthwise kernels take the shape: as many groups as channels and filters, of at most 49 taps.
constexpr bool takes_depthwise(Conv2dShape const& s) { return s.groups == s.c && s.groups == s.k && s.r * s.s <= 49; }

/// Into how many parts the pixels of dy are cut: by the shape alone.
i64 depthwise_filter_parts(Conv2dShape const& shape);

/// A gradient of each part.
inline std::size_t depthwise_filter_workspace_bytes(Conv2dShape const& shape) {
  return static_cast<std::size_t>(depthwise_filter_parts(shape) * shape.filter_count()) * sizeof(f32);
}

namespace cuda {
/// The directions of a checked convolution that takes_depthwise and has elements of each tensor.
template <class T>
void depthwise_forward(Conv2dForwardArgs<T> const& args, Stream stream);
template <class T>
void depthwise_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream);
template <class T>
void depthwise_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream);
}  // namespace cuda

namespace emulated {
template <class T>
void depthwise_forward(Conv2dForwardArgs<T> const& args, Stream stream);
template <class T>
void depthwise_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream);
template <class T>
void depthwise_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream);
}  // namespace emulated

}  // namespace heddle
