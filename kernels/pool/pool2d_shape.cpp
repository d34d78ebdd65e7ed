#include <algorithm>
#include <limits>

#include "kernels/core/arguments.h"
#include "kernels/pool/average_pool.h"
#include "kernels/pool/max_pool.h"

namespace heddle {
namespace {

constexpr i64 most = std::numeric_limits<i32>::max();

void check_axis(char const* axis, i64 size, i64 before, i64 after, i64 window) {
  check(window >= 1, "[pool2d] the window must be positive along ", axis, ": window=", window);
  check(before >= 0 && after >= 0, "[pool2d] padding must not be negative along ", axis, ": before=", before,
        ", after=", after);
  check(before <= window / 2 && after <= window / 2, "[pool2d] padding must be at most half the window along ", axis,
        ": before=", before, ", after=", after, ", window=", window);
  check(size >= 1 && window <= size + before + after, "[pool2d] the window does not fit into the padded input along ",
        axis, ": size=", size, ", padding=", before + after, " (both sides), window=", window);
}

PoolAxis axis_of(i64 size, i64 outputs, i64 window, i64 stride, i64 padding) {
  return {static_cast<i32>(size), static_cast<i32>(outputs), static_cast<i32>(window),
          static_cast<i32>(std::min(stride, most)), static_cast<i32>(padding)};
}

}  // namespace

// Padding is at most half a window, which fits into the padded input: a padded axis is at most twice as long.
void check_shape(Pool2dShape const& shape) {
  auto const& [n, h, w, c, r, s, stride_h, stride_w, padding] = shape;
  check_sizes("pool2d", {{"n", n}, {"h", h}, {"w", w}, {"c", c}});
  check(stride_h >= 1 && stride_w >= 1, "[pool2d] strides must be positive: stride_h=", stride_h,
        ", stride_w=", stride_w);
  check_axis("h", h, padding.top, padding.bottom, r);
  check_axis("w", w, padding.left, padding.right, s);
  i64 const rows = h + padding.top + padding.bottom, columns = w + padding.left + padding.right;
  check(rows <= most / columns, "[pool2d] positions must fit into 32 bits: h=", h, ", w=", w, ", with padding ", rows,
        " x ", columns);
}

PoolAxis rows_of(Pool2dShape const& shape) {
  return axis_of(shape.h, shape.p(), shape.r, shape.stride_h, shape.padding.top);
}

PoolAxis columns_of(Pool2dShape const& shape) {
  return axis_of(shape.w, shape.q(), shape.s, shape.stride_w, shape.padding.left);
}

void check_shape(AdaptivePool2dShape const& shape) {
  auto const& [n, h, w, c, p, q] = shape;
  check_sizes("adaptive_average_pool", {{"n", n}, {"c", c}});
  check(h >= 1 && w >= 1 && p >= 1 && q >= 1, "[adaptive_average_pool] h, w, p and q must be positive: h=", h,
        ", w=", w, ", p=", p, ", q=", q);
  check(h < most / (p + 1) && w < most / (q + 1) && p < most / (h + 1) && q < most / (w + 1) && h <= most / w &&
            p <= most / q,
        "[adaptive_average_pool] h * p, w * q and positions must fit into 31 bits: h=", h, ", w=", w, ", p=", p,
        ", q=", q);
}

void check_taps(char const* operation, Pool2dShape const& shape, void const* tap) {
  check(tap == nullptr || shape.r * shape.s <= most_taps, "[", operation, "] a window of more than ", most_taps,
        " positions needs index in place of tap: r=", shape.r, ", s=", shape.s);
}

}  // namespace heddle
