// What every device asks of the arguments of the losses on distances.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/loss/distance_loss.h"

namespace heddle {

/// Throws an Error that names the value. Does not look at the labels.
template <class T>
void check_arguments(DistanceLossArgs<T> const& a) {
  check_sizes("distance_loss", {{"rows", a.rows}, {"columns", a.columns}, {"centers", a.centers}});
  check(a.margin >= 0, "[distance_loss] margin must not be negative: margin=", a.margin);
  check_tensors("distance_loss", a);
}

}  // namespace heddle
