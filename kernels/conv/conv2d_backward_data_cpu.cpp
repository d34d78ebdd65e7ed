#include <algorithm>

#include "kernels/conv/conv2d_cpu.h"
#include "kernels/conv/correlation.h"

namespace heddle::cpu {
namespace {

bool has_phase_without_taps(ConvAxis const& axis) {
  for (i64 phase = 0; phase < axis.stride; ++phase)
    if (axis.backward(phase).taps.empty()) return true;
  return false;
}

void backward_data(Conv2dShape const& s, f32 const* dy, f32 const* filters, f32* dx) {
  i64 const tap = s.c / s.groups;
  i64 const filter = s.r * s.s * tap;
  FilterView const view = {.data = filters,
                           .group_stride = s.k / s.groups * filter,
                           .output_stride = 1,
                           .tap_row_stride = s.s * tap,
                           .tap_column_stride = tap,
                           .input_stride = filter};
  Correlation pass = {.images = s.n, .groups = s.groups, .source_channels = s.k, .target_channels = s.c};
  if (has_phase_without_taps(vertical(s)) || has_phase_without_taps(horizontal(s)))
    std::fill_n(dx, s.input_count(), 0.0f);
  for (i64 phase_h = 0; phase_h < s.stride_h; ++phase_h)
    for (i64 phase_w = 0; phase_w < s.stride_w; ++phase_w) {
      pass.vertical = vertical(s).backward(phase_h);
      pass.horizontal = horizontal(s).backward(phase_w);
      if (!pass.vertical.taps.empty() && !pass.horizontal.taps.empty()) correlate(pass, dy, view, dx);
    }
}

}  // namespace

template <class T>
void conv2d_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_backward_data", args);
  Widened<T> const dy(args.dy, s.output_count()), filters(args.filter, s.filter_count());
  Sums<T> dx(args.dx, s.input_count());
  backward_data(s, dy.data(), filters.data(), dx.data());
  dx.finish(args.epilogue, s.c);
}

HEDDLE_INSTANTIATE(conv2d_backward_data, Conv2dBackwardDataArgs);

}  // namespace heddle::cpu
