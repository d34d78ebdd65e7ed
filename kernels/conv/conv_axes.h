// The two axes of a convolution.
#pragma once

#include "kernels/conv/axis.h"
#include "kernels/conv/conv2d.h"

namespace heddle {

inline ConvAxis vertical(Conv2dShape const& s) { return {s.h, s.p(), s.r, s.stride_h, s.dilation_h, s.padding.top}; }
inline ConvAxis horizontal(Conv2dShape const& s) { return {s.w, s.q(), s.s, s.stride_w, s.dilation_w, s.padding.left}; }

}  // namespace heddle
