// The convolutions on the matrix units.
#pragma once

#include "kernels/conv/conv2d.h"
#include "kernels/conv/conv_problem.h"
#include "kernels/conv/conv_sm80_config.h"

namespace heddle {

/// Whether conv_sm80 takes a convolution of 16-bit elements: there is a channel to sum over, and places in an image are
/// 32-bit numbers.
template <class T>
bool conv_sm80_takes(ConvProblem<T> const& c) {
  i64 const image = i64{c.vertical.source_size} * c.horizontal.source_size * c.groups * c.inputs;
  return sizeof(T) == 2 && c.inputs > 0 && std::max(image, c.taps() * c.inputs) < i64{1} << 31;
}

/// Whether filter_gradient_sm80 takes one likewise.
template <class T>
bool filter_gradient_sm80_takes(Conv2dBackwardFilterArgs<T> const& args) {
  Conv2dShape const& s = args.shape;
  return sizeof(T) == 2 && s.filter_count() > 0 && std::max(s.h * s.w * s.c, s.r * s.s * s.c) < i64{1} << 31;
}

// They return the pixels of the target whose sums of channels come together.
namespace cuda {
/// Of elements of 16 bits, where conv_sm80_takes.
template <class T>
int conv_sm80(ConvProblem<T> const& problem, MmaTileConfig const& config, Stream stream);
/// Of elements of 16 bits, where filter_gradient_sm80_takes; the workspace has backward_filter_parts gradients in f32.
template <class T>
void filter_gradient_sm80(Conv2dBackwardFilterArgs<T> const& args, MmaTileConfig const& config, Stream stream);
}  // namespace cuda

namespace emulated {
template <class T>
int conv_sm80(ConvProblem<T> const& problem, MmaTileConfig const& config, Stream stream);
template <class T>
void filter_gradient_sm80(Conv2dBackwardFilterArgs<T> const& args, MmaTileConfig const& config, Stream stream);
}  // namespace emulated

}  // namespace heddle
