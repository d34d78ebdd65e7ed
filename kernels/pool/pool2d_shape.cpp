#include "kernels/core/error.h"
#include "kernels/pool/pool2d.h"

namespace heddle {
namespace {

void check_axis(char const* axis, i64 size, i64 before, i64 after, i64 window) {
  check(window >= 1, "[pool2d] the window must be positive along ", axis, ": window=", window);
  check(before >= 0 && after >= 0, "[pool2d] padding must not be negative along ", axis, ": before=", before,
        ", after=", after);
  check(before <= window / 2 && after <= window / 2, "[pool2d] padding must be at most half the window along ", axis,
        ": before=", before, ", after=", after, ", window=", window);
  check(size >= 1 && window <= size + before + after, "[pool2d] the window does not fit into the padded input along ",
        axis, ": size=", size, ", padding=", before + after, " (both sides), window=", window);
}

}  // namespace

void check_shape(Pool2dShape const& shape) {
  auto const& [n, h, w, c, r, s, stride_h, stride_w, padding] = shape;
  check(n >= 0 && h >= 0 && w >= 0 && c >= 0, "[pool2d] input sizes must not be negative: n=", n, ", h=", h, ", w=", w,
        ", c=", c);
  check(stride_h >= 1 && stride_w >= 1, "[pool2d] strides must be positive: stride_h=", stride_h,
        ", stride_w=", stride_w);
  check_axis("h", h, padding.top, padding.bottom, r);
  check_axis("w", w, padding.left, padding.right, s);
}

}  // namespace heddle
