#include "kernels/conv/conv2d_cpu.h"
#include "kernels/conv/correlation.h"
#include "kernels/core/error.h"

namespace heddle::cpu {

void conv2d_forward(Conv2dForwardArgs<f32> const& args, Stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check(args.x || s.input_count() == 0, "[conv2d_forward] x is null, but the input is not empty");
  check(args.filter || s.filter_count() == 0, "[conv2d_forward] filter is null, but it is not empty");
  check(args.y || s.output_count() == 0, "[conv2d_forward] y is null, but the output is not empty");

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

}  // namespace heddle::cpu
