// The directions of a convolution as the problem that all kernels of forward and backward-data take.
#pragma once

#include "kernels/conv/conv2d.h"
#include "kernels/conv/conv_problem.h"

namespace heddle {

/// Without an output.
template <class T>
ConvProblem<T> problem_of(Conv2dForwardArgs<T> const& args) {
  Conv2dShape const& s = args.shape;
  i64 const tap = s.c / s.groups, filter = s.r * s.s * tap;
  return {.name = "conv2d_forward",
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
}

/// Likewise a phase of the strides.
template <class T>
ConvProblem<T> problem_of(Conv2dBackwardDataArgs<T> const& args, i64 phase_h, i64 phase_w) {
  Conv2dShape const& s = args.shape;
  i64 const tap = s.c / s.groups, filter = s.r * s.s * tap;
  return {.name = "conv2d_backward_data",
          .vertical = gather_axis(vertical(s).backward(phase_h)),
          .horizontal = gather_axis(horizontal(s).backward(phase_w)),
          .images = s.n,
          .groups = s.groups,
          .inputs = s.k / s.groups,
          .outputs = tap,
          .strides = {s.k / s.groups * filter, 1, s.s * tap, tap, filter},
          .source = args.dy,
          .filter = args.filter,
          .tf32 = args.tf32,
          .choice = args.choice};
}

}  // namespace heddle
