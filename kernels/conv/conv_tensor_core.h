// The convolutions on the matrix units.
#pragma once

#include "kernels/conv/conv2d.h"
#include "kernels/conv/conv_problem.h"
#include "kernels/conv/conv_sm80_config.h"
#include "kernels/conv/conv_sm90_config.h"
#include "kernels/conv/pixel_columns.h"
#include "kernels/core/choice.h"

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

/// Whether conv_sm90 takes a convolution of 16-bit elements: one group, whole copies of 8 channels of the source and of
/// the filters, and pixels that columns can name.
template <class T>
bool conv_sm90_takes(ConvProblem<T> const& c) {
  i64 const farthest = (i64{1} << 31) - 256;
  return sizeof(T) == 2 && c.groups == 1 && c.inputs > 0 && c.inputs % 8 == 0 && c.strides.tap_column % 8 == 0 &&
         aligned(c.source, c.filter) && columns_take(c.vertical) && columns_take(c.horizontal) &&
         std::max({c.pixels(), c.inputs, c.outputs}) <= farthest;
}

/// The place in conv_sm90_configs of what should be the fastest configuration.
template <class T>
int fastest_conv_sm90(ConvProblem<T> const& c) {
  i64 const depth = c.taps() * ceil_div<i64>(c.inputs, 64) * 64;
  return fastest_config(conv_sm90_configs, [&](GemmSm90Config const& config) {
    return estimate_conv_cycles(config, c.pixels(), c.outputs, depth);
  });
}

/// Likewise filter_gradient_sm90. Copies of dy are of 8 filters.
template <class T>
bool filter_gradient_sm90_takes(Conv2dBackwardFilterArgs<T> const& args) {
  Conv2dShape const& s = args.shape;
  i64 const farthest = i64{1} << 30;
  return sizeof(T) == 2 && s.groups == 1 && s.filter_count() > 0 && s.c % 8 == 0 && s.k % 8 == 0 &&
         aligned(args.x, args.dy) && columns_take(gather_axis(vertical(s).forward())) &&
         columns_take(gather_axis(horizontal(s).forward())) && s.n > 0 &&
         std::max({s.n * s.p() * s.q(), s.c, s.k}) <= farthest;
}

/// The place in filter_gradient_sm90_configs of what should be the fastest configuration.
inline int fastest_filter_gradient_sm90(Conv2dShape const& shape) {
  return fastest_config(filter_gradient_sm90_configs, [&](GemmSm90Config const& config) {
    return estimate_filter_gradient_cycles(config, shape, filter_gradient_sm90_parts(shape, config));
  });
}

// They return the pixels of the target whose sums of channels come together.
namespace cuda {
/// Of elements of 16 bits, where conv_sm80_takes.
template <class T>
int conv_sm80(ConvProblem<T> const& problem, MmaTileConfig const& config, Stream stream);
/// Of elements of 16 bits, where filter_gradient_sm80_takes; the workspace has backward_filter_parts gradients in f32.
template <class T>
void filter_gradient_sm80(Conv2dBackwardFilterArgs<T> const& args, MmaTileConfig const& config, Stream stream);
/// Of elements of 16 bits, where conv_sm90_takes; on at most `blocks` blocks, which run at the same time. Throws an
/// Error unless `config` is one of conv_sm90_configs and they fill a cluster.
template <class T>
int conv_sm90(ConvProblem<T> const& problem, GemmSm90Config const& config, int blocks, Stream stream);
/// Of elements of 16 bits, where filter_gradient_sm90_takes, likewise with one of filter_gradient_sm90_configs; the
/// workspace has filter_gradient_sm90_parts gradients in f32.
template <class T>
void filter_gradient_sm90(Conv2dBackwardFilterArgs<T> const& args, GemmSm90Config const& config, int blocks,
                          Stream stream);
}  // namespace cuda

namespace emulated {
template <class T>
int conv_sm80(ConvProblem<T> const& problem, MmaTileConfig const& config, Stream stream);
template <class T>
void filter_gradient_sm80(Conv2dBackwardFilterArgs<T> const& args, MmaTileConfig const& config, Stream stream);
template <class T>
int conv_sm90(ConvProblem<T> const& problem, GemmSm90Config const& config, int blocks, Stream stream);
template <class T>
void filter_gradient_sm90(Conv2dBackwardFilterArgs<T> const& args, GemmSm90Config const& config, int blocks,
                          Stream stream);
}  // namespace emulated

}  // namespace heddle
