// What every device asks of the arguments of a mixed batch.
#pragma once

#include <cmath>

#include "kernels/augment/mix_batch.h"
#include "kernels/core/arguments.h"

namespace heddle {

/// Throws an Error that names the value for a negative size, null where there are elements, too large a picture, an
/// alpha that is negative or not finite, a probability outside [0, 1], and a batch number outside [0, 2^48).
template <class T>
void check_mix_batch(MixBatchArgs<T> const& a) {
  MixOptions const& options = a.options;
  check_sizes("mix_batch", {{"n", a.n}, {"h", a.h}, {"w", a.w}, {"c", a.c}, {"classes", a.classes}});
  check(options.mixup >= 0 && options.cutmix >= 0 && std::isfinite(options.mixup) && std::isfinite(options.cutmix),
        "[mix_batch] alphas must be finite and not negative: mixup=", options.mixup, ", cutmix=", options.cutmix);
  check(options.probability >= 0 && options.probability <= 1,
        "[mix_batch] probability must lie in [0, 1]: probability=", options.probability);
  check(a.batch >= 0 && a.batch < i64{1} << 48, "[mix_batch] batch must lie in [0, 2^48): batch=", a.batch);
  check_tensors("mix_batch", a);
  if (a.n * a.h * a.w * a.c == 0) return;
  check(a.h <= (i64{1} << 29) / a.w / a.c, "[mix_batch] a picture must have at most 2^29 values: h=", a.h, ", w=", a.w,
        ", c=", a.c);
  check(static_cast<void const*>(a.x) != a.y, "[mix_batch] y must not be x: a picture is read for its partner too");
}

}  // namespace heddle
