// Launchers of the convolution's directions: for CUDA, and for the emulator.
#include <algorithm>

#include "kernels/conv/conv2d_depthwise.h"
#include "kernels/conv/conv_axes.h"
#include "kernels/conv/correlate.cuh"
#include "kernels/conv/filter_gradient.cuh"
#include "kernels/core/arguments.h"
#include "kernels/core/choice.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

dim3 grid(char const* name, i64 blocks) {
  check(blocks <= 0x7fffffff, "[", name, "] has more tiles than a launch takes: ", blocks);
  return dim3(static_cast<unsigned>(blocks));
}

i64 tiles(i64 size) { return ceil_div<i64>(size, StripProduct::tile); }

/// Channels of the source, which are summed over, and of the target.
struct Channels {
  i64 source, target;
};

/// Where axes have no pixel there is nothing to do; where they have no tap, the pixels become 0.
template <class T>
void correlate(char const* name, Conv2dShape const& s, Channels channels, Axis const& vertical, Axis const& horizontal,
               FilterStrides const& strides, T const* source, T const* filter, T* target, Stream stream) {
  i64 const pixels_of_image = vertical.count * horizontal.count, pixels = s.n * pixels_of_image;
  i64 const inputs = channels.source / s.groups, outputs = channels.target / s.groups;
  if (pixels * outputs == 0) return;
  GatherAxis const rows = gather_axis(vertical), columns = gather_axis(horizontal);
  i64 const across = tiles(outputs), of_group = tiles(pixels) * across;
  launch<Correlate<T>>(grid(name, s.groups * of_group),
                       {.vertical = rows,
                        .horizontal = columns,
                        .pixels = pixels,
                        .pixels_of_image = Divisor(pixels_of_image),
                        .pixels_of_row = Divisor(horizontal.count),
                        .source_channels = channels.source,
                        .target_channels = channels.target,
                        .size = i64{rows.taps} * columns.taps * inputs,
                        .inputs = Divisor(std::max<i64>(inputs, 1)),
                        .taps_of_row = Divisor(std::max(columns.taps, 1)),
                        .outputs = outputs,
                        .tiles_of_group = Divisor(of_group),
                        .tiles_across = Divisor(across),
                        .strides = strides,
                        .source = source,
                        .filter = filter,
                        .target = target,
                        .vectorised = outputs % 4 == 0 && aligned(target)},
                       stream, name);
}

template <class T, class Result>
void filter_gradient(Conv2dBackwardFilterArgs<T> const& args, i64 parts, Result* to, Stream stream) {
  Conv2dShape const& s = args.shape;
  i64 const inputs = s.c / s.groups, outputs = s.k / s.groups, size = s.r * s.s * inputs;
  i64 const pixels = s.n * s.p() * s.q(), of_part = ceil_div(pixels, parts);
  i64 const across = tiles(size), of_group = tiles(outputs) * across, tiles_of_part = s.groups * of_group;
  launch<FilterGradient<T, Result>>(grid("conv2d_backward_filter", parts * tiles_of_part),
                                    {.vertical = gather_axis(vertical(s).forward()),
                                     .horizontal = gather_axis(horizontal(s).forward()),
                                     .pixels = pixels,
                                     .pixels_of_part = of_part,
                                     .pixels_of_image = Divisor(s.p() * s.q()),
                                     .pixels_of_row = Divisor(s.q()),
                                     .channels = s.c,
                                     .filters = s.k,
                                     .inputs = Divisor(inputs),
                                     .taps_of_row = Divisor(s.s),
                                     .outputs = outputs,
                                     .filter_size = size,
                                     .tiles_of_part = Divisor(tiles_of_part),
                                     .tiles_of_group = Divisor(of_group),
                                     .tiles_across = Divisor(across),
                                     .x = args.x,
                                     .dy = args.dy,
                                     .dfilter = to,
                                     .vectorised = size % 4 == 0 && aligned(to)},
                                    stream, "conv2d_backward_filter");
}

}  // namespace

template <class T>
void conv2d_forward(Conv2dForwardArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_forward", args);
  if (takes_depthwise(s)) return depthwise_forward(args, stream);
  i64 const tap = s.c / s.groups, filter = s.r * s.s * tap;
  correlate("conv2d_forward", s, {s.c, s.k}, vertical(s).forward(), horizontal(s).forward(),
            {s.k / s.groups * filter, filter, s.s * tap, tap, 1}, args.x, args.filter, args.y, stream);
}

template <class T>
void conv2d_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_backward_data", args);
  if (takes_depthwise(s)) return depthwise_backward_data(args, stream);
  i64 const tap = s.c / s.groups, filter = s.r * s.s * tap;
  for (i64 phase_h = 0; phase_h < s.stride_h; ++phase_h)
    for (i64 phase_w = 0; phase_w < s.stride_w; ++phase_w)
      correlate("conv2d_backward_data", s, {s.k, s.c}, vertical(s).backward(phase_h), horizontal(s).backward(phase_w),
                {s.k / s.groups * filter, 1, s.s * tap, tap, filter}, args.dy, args.filter, args.dx, stream);
}

template <class T>
void conv2d_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_backward_filter", args);
  check_workspace("conv2d_backward_filter", args);
  if (takes_depthwise(s)) return depthwise_backward_filter(args, stream);
  i64 const parts = backward_filter_parts(s), count = s.filter_count();
  if (count == 0) return;
  if (parts == 1) return filter_gradient(args, parts, args.dfilter, stream);
  auto* const partial = static_cast<f32*>(args.workspace.data);
  filter_gradient(args, parts, partial, stream);
  launch<AddParts<T>>(grid("conv2d_backward_filter", ceil_div<i64>(count, AddParts<T>::threads)),
                      {count, parts, partial, args.dfilter}, stream, "conv2d_backward_filter");
}

HEDDLE_INSTANTIATE(conv2d_forward, Conv2dForwardArgs);
HEDDLE_INSTANTIATE(conv2d_backward_data, Conv2dBackwardDataArgs);
HEDDLE_INSTANTIATE(conv2d_backward_filter, Conv2dBackwardFilterArgs);

}  // namespace heddle::HEDDLE_BACKEND
