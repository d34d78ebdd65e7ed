// Launchers of the convolution's readable kernels.
#include "kernels/conv/conv_plain.h"

#include <algorithm>

#include "kernels/conv/correlate.cuh"
#include "kernels/conv/filter_gradient.cuh"
#include "kernels/core/choice.h"
#include "kernels/core/error.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

dim3 grid(char const* name, i64 blocks) {
  check(blocks <= 0x7fffffff, "[", name, "] has more tiles than a launch takes: ", blocks);
  return dim3(static_cast<unsigned>(blocks));
}

i64 tiles(i64 size) { return ceil_div<i64>(size, StripProduct::tile); }

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
int conv_plain(ConvProblem<T> const& c, Stream stream) {
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

template <class T>
void filter_gradient_plain(Conv2dBackwardFilterArgs<T> const& args, Stream stream) {
  i64 const parts = backward_filter_parts(args.shape), count = args.shape.filter_count();
  if (parts == 1) return filter_gradient(args, parts, args.dfilter, stream);
  auto* const partial = static_cast<f32*>(args.workspace.data);
  filter_gradient(args, parts, partial, stream);
  launch<AddParts<T>>(grid("conv2d_backward_filter", ceil_div<i64>(count, AddParts<T>::threads)),
                      {count, parts, partial, args.dfilter}, stream, "conv2d_backward_filter");
}

#define HEDDLE_INSTANTIATE_PLAIN(T)                       \
  template int conv_plain(ConvProblem<T> const&, Stream); \
  template void filter_gradient_plain(Conv2dBackwardFilterArgs<T> const&, Stream)
HEDDLE_INSTANTIATE_PLAIN(f32);
HEDDLE_INSTANTIATE_PLAIN(f16);
HEDDLE_INSTANTIATE_PLAIN(bf16);

}  // namespace heddle::HEDDLE_BACKEND
