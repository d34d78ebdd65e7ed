// Softmax cross-entropy on the CPU: exponentials and sums in double, with the row's maximum taken out first.
#include "kernels/loss/cross_entropy.h"

#include <algorithm>
#include <cmath>

#include "kernels/core/arguments.h"

namespace heddle::cpu {
namespace {

constexpr i64 parallel_from = 2048;  // logits; a fork costs about as much as this many exponentials

void check_args(CrossEntropyArgs<f32> const& args) {
  check_sizes("cross_entropy", {{"rows", args.rows}, {"classes", args.classes}});
  check((args.labels != nullptr) != (args.targets != nullptr) || args.rows == 0,
        "[cross_entropy] give either labels or targets: ", args.labels ? "both" : "neither", " given");
  check(args.smoothing >= 0 && args.smoothing <= 1,
        "[cross_entropy] smoothing must lie in [0, 1]: smoothing=", args.smoothing);
  check(args.classes > 0 || args.rows == 0, "[cross_entropy] rows without classes: rows=", args.rows);
  check_pointer("cross_entropy", "logits", args.logits, args.rows * args.classes);
  check_pointer("cross_entropy", "loss", args.loss, args.rows);
  if (!args.labels) return;
  for (i64 row = 0; row < args.rows; ++row) {
    i32 const label = args.labels[row];
    check((label >= 0 && label < args.classes) || label == args.ignored_label,
          "[cross_entropy] a label must lie in [0, classes) or be ignored: row=", row, ", label=", label,
          ", classes=", args.classes, ", ignored_label=", args.ignored_label);
  }
}

// `target(j)` is the smoothed target, `total` the sum over j. A class with target 0 has no share in the loss, even
// when its logit is -infinity.
template <class Target>
f32 row_loss(f32 const* x, f32* dx, i64 classes, double total, Target target) {
  double const highest = *std::max_element(x, x + classes);
  double sum = 0;
  for (i64 j = 0; j < classes; ++j) {
    double const exponential = std::exp(x[j] - highest);
    sum += exponential;
    if (dx) dx[j] = static_cast<f32>(exponential);
  }
  double const log_sum = highest + std::log(sum), share = total / sum;
  double loss = 0;
  for (i64 j = 0; j < classes; ++j) {
    double const t = target(j);
    if (t != 0) loss += t * (log_sum - x[j]);
    if (dx) dx[j] = static_cast<f32>(dx[j] * share - t);
  }
  return static_cast<f32>(loss);
}

}  // namespace

void cross_entropy(CrossEntropyArgs<f32> const& args, Stream) {
  check_args(args);
  i64 const classes = args.classes;
  double const keep = 1 - static_cast<double>(args.smoothing);
  double const spread = static_cast<double>(args.smoothing) / static_cast<double>(classes);
#pragma omp parallel for schedule(static) if (args.rows * classes > parallel_from)
  for (i64 row = 0; row < args.rows; ++row) {
    f32 const* x = args.logits + row * classes;
    f32* dx = args.dlogits ? args.dlogits + row * classes : nullptr;
    if (args.targets) {
      f32 const* soft = args.targets + row * classes;
      double total = args.smoothing;
      for (i64 j = 0; j < classes; ++j) total += keep * soft[j];
      args.loss[row] = row_loss(x, dx, classes, total, [=](i64 j) { return keep * soft[j] + spread; });
    } else if (i32 const label = args.labels[row]; label == args.ignored_label) {
      args.loss[row] = 0;
      if (dx) std::fill_n(dx, classes, 0.0f);
    } else {
      args.loss[row] = row_loss(x, dx, classes, 1, [=](i64 j) { return (j == label ? keep : 0) + spread; });
    }
  }
}

}  // namespace heddle::cpu
