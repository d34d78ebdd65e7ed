// All three directions of the CPU convolution on one set of inputs.
#pragma once

#include <limits>
#include <vector>

#include "kernels/conv/conv2d.h"

namespace heddle::testing {

struct Conv2dInputs {
  Conv2dShape shape;
  std::vector<f32> x, filter, dy;
};

struct Conv2dResults {
  std::vector<f32> y, dx, dfilter;
};

/// Outputs are NaN before the call, so that an element left out shows.
inline Conv2dResults run_cpu(Conv2dInputs const& in) {
  f32 const poison = std::numeric_limits<f32>::quiet_NaN();
  Conv2dResults out = {std::vector(in.dy.size(), poison), std::vector(in.x.size(), poison),
                       std::vector(in.filter.size(), poison)};
  cpu::conv2d_forward<f32>({.shape = in.shape, .x = in.x.data(), .filter = in.filter.data(), .y = out.y.data()}, {});
  cpu::conv2d_backward_data<f32>(
      {.shape = in.shape, .dy = in.dy.data(), .filter = in.filter.data(), .dx = out.dx.data()}, {});
  cpu::conv2d_backward_filter<f32>(
      {.shape = in.shape, .x = in.x.data(), .dy = in.dy.data(), .dfilter = out.dfilter.data()}, {});
  return out;
}

}  // namespace heddle::testing
