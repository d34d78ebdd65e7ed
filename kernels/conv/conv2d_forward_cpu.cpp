#include "kernels/conv/conv2d_cpu.h"
#include "kernels/conv/correlation.h"

namespace heddle::cpu {
namespace {

void forward(Conv2dForwardArgs<f32> const& args) {
  Conv2dShape const& s = args.shape;
  i64 const tap = s.c / s.groups;
  i64 const filter = s.r * s.s * tap;
  FilterView const view = {.data = args.filter,
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
            args.x, view, args.y);
}

}  // namespace

template <class T>
void conv2d_forward(Conv2dForwardArgs<T> const& args, Stream) {
  run_widened("conv2d_forward", args, forward);
}

HEDDLE_INSTANTIATE(conv2d_forward, Conv2dForwardArgs);

}  // namespace heddle::cpu
