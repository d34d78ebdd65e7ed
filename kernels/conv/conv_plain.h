// The convolutions on the ordinary arithmetic units, of any type and shape.
#pragma once

#include "kernels/conv/conv_problem.h"

namespace heddle {

namespace cuda {
/// Returns the pixels of the target whose sums of channels come together. Where axes have no tap, the sums are 0.
template <class T>
int conv_plain(ConvProblem<T> const& problem, Stream stream);
/// The workspace has backward_filter_parts gradients in f32, where there is more than one part.
template <class T>
void filter_gradient_plain(Conv2dBackwardFilterArgs<T> const& args, Stream stream);
}  // namespace cuda

namespace emulated {
template <class T>
int conv_plain(ConvProblem<T> const& problem, Stream stream);
template <class T>
void filter_gradient_plain(Conv2dBackwardFilterArgs<T> const& args, Stream stream);
}  // namespace emulated

}  // namespace heddle
