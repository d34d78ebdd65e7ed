// What every device asks of the arguments of the losses of pairs, and into how many blocks they are cut.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/core/math.h"
#include "kernels/loss/pair_loss.h"

namespace heddle {

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class T>
void check_arguments(PairLossArgs<T> const& a) {
  check_sizes("pair_loss", {{"count", a.count}});
  check(a.options.delta > 0, "[pair_loss] delta must be positive: delta=", a.options.delta);
  check(a.options.gamma >= 0, "[pair_loss] gamma must not be negative: gamma=", a.options.gamma);
  check_tensors("pair_loss", a);
}

/// Each leaves a partial sum, so that their number decides the order of additions: it depends on the count and not on
/// the card. 8 blocks of 256 threads for each of the 132 multiprocessors of an H200, of at least 4096 pairs each.
constexpr i64 pair_loss_blocks(i64 count) {
  i64 const wanted = ceil_div<i64>(count, 4096);
  return wanted < 8 * 132 ? wanted : 8 * 132;
}

}  // namespace heddle
