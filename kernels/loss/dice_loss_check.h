// What every device asks of the arguments of the Dice loss, and into how many blocks it is cut.
#pragma once

#include <algorithm>

#include "kernels/core/arguments.h"
#include "kernels/core/math.h"
#include "kernels/loss/dice_loss.h"

namespace heddle {

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class Args>
void check_dice_arguments(char const* operation, Args const& a) {
  check_sizes(operation, {{"rows", a.rows}, {"elements", a.elements}});
  check(a.options.smoothing >= 0, "[", operation, "] smoothing must not be negative: smoothing=", a.options.smoothing);
  check_tensors(operation, a);
}

/// How a sample's elements are shared out: each block takes one chunk of one sample.
struct DicePlan {
  i64 elements;        // of a sample
  i64 chunks;          // of a sample; 0 for no elements
  i64 chunk_elements;  // a multiple of the widest access
};

/// Each chunk leaves partial sums, so that their number decides the order of additions: it depends on the shape and not
/// on the card. About 8 blocks for each of the 132 multiprocessors of an H200, of at least 4096 pairs each.
constexpr DicePlan plan_dice_loss(i64 rows, i64 elements) {
  if (rows == 0 || elements == 0) return {elements, 0, 0};
  i64 const wanted = std::clamp<i64>(8 * 132 / rows, 1, ceil_div<i64>(elements, 4096));
  i64 const chunk_elements = ceil_div<i64>(ceil_div<i64>(elements, wanted), 8) * 8;
  return {elements, ceil_div<i64>(elements, chunk_elements), chunk_elements};
}

}  // namespace heddle
