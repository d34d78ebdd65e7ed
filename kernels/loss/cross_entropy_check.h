// What every device asks of the arguments of cross-entropy.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/loss/cross_entropy.h"

namespace heddle {

/// Throws an Error that names the value. Does not look at the labels.
template <class T>
void check_arguments(CrossEntropyArgs<T> const& a) {
  check_sizes("cross_entropy", {{"rows", a.rows}, {"classes", a.classes}});
  check((a.labels != nullptr) != (a.targets != nullptr) || a.rows == 0,
        "[cross_entropy] give either labels or targets: ", a.labels ? "both" : "neither", " given");
  check(a.smoothing >= 0 && a.smoothing <= 1, "[cross_entropy] smoothing must lie in [0, 1]: smoothing=", a.smoothing);
  check(a.classes > 0 || a.rows == 0, "[cross_entropy] rows without classes: rows=", a.rows);
  check_tensors("cross_entropy", a);
}

}  // namespace heddle
