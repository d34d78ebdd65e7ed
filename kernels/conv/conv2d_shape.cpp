#include <algorithm>

#include "kernels/conv/conv2d.h"
#include "kernels/conv/conv_sm90_config.h"
#include "kernels/core/error.h"
#include "kernels/core/math.h"

namespace heddle {
namespace {

void check_axis(char const* axis, i64 size, i64 padding, i64 filter, i64 dilation) {
  i64 const room = size + padding;
  check(room >= 1 && filter - 1 <= (room - 1) / dilation,
        "[conv2d] the filter does not fit into the padded input along ", axis, ": size=", size, ", padding=", padding,
        " (both sides), filter=", filter, ", dilation=", dilation);
}

}  // namespace

i64 backward_filter_parts(Conv2dShape const& shape) {
  constexpr i64 tile = 64, wanted_blocks = 512, least_pixels = 256;
  i64 const per_group = shape.c / shape.groups;
  i64 const tiles =
      shape.groups * ceil_div(shape.k / shape.groups, tile) * ceil_div(shape.r * shape.s * per_group, tile);
  i64 const pixels = shape.n * shape.p() * shape.q();
  return std::clamp<i64>(wanted_blocks / std::max<i64>(tiles, 1), 1, std::max<i64>(pixels / least_pixels, 1));
}

i64 partial_filter_gradients(Conv2dShape const& shape) {
  i64 const plain = backward_filter_parts(shape);
  i64 most = plain == 1 ? 0 : plain;
  if (shape.groups == 1 && shape.c % 8 == 0 && shape.k % 8 == 0)
    for (GemmSm90Config const& config : filter_gradient_sm90_configs)
      most = std::max(most, filter_gradient_sm90_parts(shape, config));
  return most;
}

void check_shape(Conv2dShape const& shape) {
  auto const& [n, h, w, c, k, r, s, stride_h, stride_w, dilation_h, dilation_w, padding, groups] = shape;
  check(n >= 0 && h >= 0 && w >= 0 && c >= 0, "[conv2d] input sizes must not be negative: n=", n, ", h=", h, ", w=", w,
        ", c=", c);
  check(k >= 0, "[conv2d] the number of filters must not be negative: k=", k);
  check(r >= 1 && s >= 1, "[conv2d] a filter needs at least one tap along h and w: r=", r, ", s=", s);
  check(stride_h >= 1 && stride_w >= 1, "[conv2d] strides must be positive: stride_h=", stride_h,
        ", stride_w=", stride_w);
  check(dilation_h >= 1 && dilation_w >= 1, "[conv2d] dilations must be positive: dilation_h=", dilation_h,
        ", dilation_w=", dilation_w);
  check(padding.top >= 0 && padding.bottom >= 0 && padding.left >= 0 && padding.right >= 0,
        "[conv2d] padding must not be negative: top=", padding.top, ", bottom=", padding.bottom,
        ", left=", padding.left, ", right=", padding.right);
  check(groups >= 1, "[conv2d] groups must be positive: groups=", groups);
  check(c % groups == 0, "[conv2d] groups must divide c: c=", c, ", groups=", groups);
  check(k % groups == 0, "[conv2d] groups must divide k: k=", k, ", groups=", groups);
  check_axis("h", h, padding.top + padding.bottom, r, dilation_h);
  check_axis("w", w, padding.left + padding.right, s, dilation_w);
}

}  // namespace heddle
