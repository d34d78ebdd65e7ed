#include "kernels/conv/conv2d_cpu.h"
#include "kernels/conv/correlation.h"

namespace heddle::cpu {
namespace {

void forward(Conv2dShape const& s, f32 const* x, f32 const* filters, f32* y) {
  i64 const tap = s.c / s.groups;
  i64 const filter = s.r * s.s * tap;
  FilterView const view = {.data = filters,
                           .group_stride = s.k / s.groups * filter,
                           .output_stride = filter,
                           .tap_row_stride = s.s * tap,
                           .tap_column_stride = tap,
                           .input_stride = 1};
  correlate({.images = s.n,
             .groups = s.groups,
             .source_channels = s.c,
             .target_channels = s.k,
             .vertical = vertical(s).forward(),
             .horizontal = horizontal(s).forward()},
            x, view, y);
}

}  // namespace

template <class T>
void conv2d_forward(Conv2dForwardArgs<T> const& args, Stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_forward", args);
  Widened<T> const x(args.x, s.input_count()), filters(args.filter, s.filter_count());
  Sums<T> y(args.y, s.output_count());
  forward(s, x.data(), filters.data(), y.data());
  y.finish(args.epilogue, s.k);
}

HEDDLE_INSTANTIATE(conv2d_forward, Conv2dForwardArgs);

}  // namespace heddle::cpu
