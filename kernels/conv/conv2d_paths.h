// Kernels of their own for some convolutions (conv_path.h). What they take is checked, and has elements to write.
#pragma once

#include "kernels/conv/conv2d.h"

namespace heddle {

/// Into how many parts the pixels of a gradient of depthwise filters are cut: by the shape alone.
i64 depthwise_parts(Conv2dShape const& shape);

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
