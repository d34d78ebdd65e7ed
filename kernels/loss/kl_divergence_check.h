// What every device asks of the arguments of the Kullback-Leibler divergence.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/loss/kl_divergence.h"

namespace heddle {

/// Throws an Error that names the value.
template <class T>
void check_arguments(KlDivergenceArgs<T> const& a) {
  check_sizes("kl_divergence", {{"rows", a.rows}, {"classes", a.classes}});
  check(a.classes > 0 || a.rows == 0, "[kl_divergence] rows without classes: rows=", a.rows);
  check(a.temperature > 0, "[kl_divergence] temperature must be positive: temperature=", a.temperature);
  check_tensors("kl_divergence", a);
}

}  // namespace heddle
