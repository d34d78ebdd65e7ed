// Launchers of the convolution's directions: for CUDA, and for the emulator.
#include <algorithm>
#include <string>

#include "kernels/conv/conv2d_paths.h"
#include "kernels/conv/conv_path.h"
#include "kernels/conv/correlate.cuh"
#include "kernels/conv/filter_gradient.cuh"
#include "kernels/core/arguments.h"
#include "kernels/core/choice.h"
#include "kernels/tile/launch_epilogue.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

dim3 grid(char const* name, i64 blocks) {
  check(blocks <= 0x7fffffff, "[", name, "] has more tiles than a launch takes: ", blocks);
  return dim3(static_cast<unsigned>(blocks));
}

[[noreturn]] void refuse(char const* name, ConvChoice const& choice) {
  throw ConvRefusal(std::string("[") + name +
                    "] the kernel asked for does not take this convolution here: path=" + name_of(choice.path) +
                    ", config=" + std::to_string(choice.config) + "; leave the choice to " + name);
}

/// Whether the convolution goes that path of its own.
template <class Args>
bool goes(ConvPath path, char const* name, Args const& args) {
  if (path_of(args) != path) return false;
  if (!takes(path, args)) refuse(name, args.choice);
  return true;
}

i64 tiles(i64 size) { return ceil_div<i64>(size, StripProduct::tile); }

/// On the ordinary arithmetic units. Where axes have no tap, the sums are 0.
template <class T>
int correlate_plain(ConvProblem<T> const& c, Stream stream) {
  i64 const across = tiles(c.outputs), of_group = tiles(c.pixels()) * across;
  launch<Correlate<T>>(grid(c.name, c.groups * of_group),
                       {.vertical = c.vertical,
                        .horizontal = c.horizontal,
                        .pixels_of_image = Divisor(c.pixels_of_image()),
                        .pixels_of_row = Divisor(c.horizontal.count),
                        .source_channels = c.groups * c.inputs,
                        .size = c.taps() * c.inputs,
                        .inputs = Divisor(std::max<i64>(c.inputs, 1)),
                        .taps_of_row = Divisor(std::max(c.horizontal.taps, 1)),
                        .tiles_of_group = Divisor(of_group),
                        .tiles_across = Divisor(across),
                        .strides = c.strides,
                        .source = c.source,
                        .filter = c.filter,
                        .output = c.output},
                       stream, c.name);
  return StripProduct::tile;
}

/// By the kernel asked for, or the fastest that takes it; returns the pixels whose sums of channels come together.
template <class T>
int correlate(ConvProblem<T> const& c, Stream stream) {
  if (c.choice.path != ConvPath::automatic && c.choice.path != ConvPath::plain) refuse(c.name, c.choice);
  return correlate_plain(c, stream);
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
  check_workspace("conv2d_forward", args);
  if (goes(ConvPath::depthwise, "conv2d_forward", args)) return depthwise_forward(args, stream);
  if (goes(ConvPath::gemm, "conv2d_forward", args)) return product_forward(args, stream);
  i64 const tap = s.c / s.groups, filter = s.r * s.s * tap;
  ConvProblem<T> c = {.name = "conv2d_forward",
                      .vertical = gather_axis(vertical(s).forward()),
                      .horizontal = gather_axis(horizontal(s).forward()),
                      .images = s.n,
                      .groups = s.groups,
                      .inputs = tap,
                      .outputs = s.k / s.groups,
                      .strides = {s.k / s.groups * filter, filter, s.s * tap, tap, 1},
                      .source = args.x,
                      .filter = args.filter,
                      .tf32 = args.tf32,
                      .choice = args.choice};
  i64 const row_blocks = most_row_blocks(c.pixels(), 1);
  c.output = output_of(c, args.y, args.epilogue, static_cast<f32*>(args.workspace.data), row_blocks);
  begin_reductions(args.epilogue, stream);
  int rows_of_block = 1;
  if (c.pixels() * s.k > 0) rows_of_block = correlate(c, stream);
  finish_reductions(args.epilogue, c.output, ceil_div<i64>(c.pixels(), rows_of_block), stream, c.name);
}

template <class T>
void conv2d_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_backward_data", args);
  check_workspace("conv2d_backward_data", args);
  if (goes(ConvPath::depthwise, "conv2d_backward_data", args)) return depthwise_backward_data(args, stream);
  if (goes(ConvPath::gemm, "conv2d_backward_data", args)) return product_backward_data(args, stream);
  i64 const tap = s.c / s.groups, filter = s.r * s.s * tap;
  ConvProblem<T> c = {.name = "conv2d_backward_data",
                      .images = s.n,
                      .groups = s.groups,
                      .inputs = s.k / s.groups,
                      .outputs = tap,
                      .strides = {s.k / s.groups * filter, 1, s.s * tap, tap, filter},
                      .source = args.dy,
                      .filter = args.filter,
                      .tf32 = args.tf32,
                      .choice = args.choice};
  f32* const partial = static_cast<f32*>(args.workspace.data);
  i64 const row_blocks = most_row_blocks(s.n * s.h * s.w, s.stride_h * s.stride_w);
  i64 blocks_before = 0;  // of the phases before
  begin_reductions(args.epilogue, stream);
  for (i64 phase_h = 0; phase_h < s.stride_h; ++phase_h)
    for (i64 phase_w = 0; phase_w < s.stride_w; ++phase_w) {
      c.vertical = gather_axis(vertical(s).backward(phase_h));
      c.horizontal = gather_axis(horizontal(s).backward(phase_w));
      if (c.pixels() * s.c == 0) continue;
      c.output = output_of(c, args.dx, args.epilogue, partial + blocks_before * s.c, row_blocks);
      blocks_before += ceil_div<i64>(c.pixels(), correlate(c, stream));
    }
  c.output = output_of(c, args.dx, args.epilogue, partial, row_blocks);
  finish_reductions(args.epilogue, c.output, blocks_before, stream, c.name);
}

template <class T>
void conv2d_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_backward_filter", args);
  check_workspace("conv2d_backward_filter", args);
  if (goes(ConvPath::depthwise, "conv2d_backward_filter", args)) return depthwise_backward_filter(args, stream);
  if (goes(ConvPath::gemm, "conv2d_backward_filter", args)) return product_backward_filter(args, stream);
  if (args.choice.path != ConvPath::automatic && args.choice.path != ConvPath::plain)
    refuse("conv2d_backward_filter", args.choice);
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
