// The reference: exponentials and sums in double, with the row's maximum taken out first.
#include <algorithm>
#include <cmath>

#include "kernels/loss/cross_entropy.h"
#include "kernels/loss/cross_entropy_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 parallel_from = 2048;  // logits; a fork costs about as much as this many exponentials

template <class T>
void check_labels(CrossEntropyArgs<T> const& args) {
  if (!args.labels) return;
  for (i64 row = 0; row < args.rows; ++row) {
    i32 const label = args.labels[row];
    check((label >= 0 && label < args.classes) || label == args.ignored_label,
          "[cross_entropy] a label must lie in [0, classes) or be ignored: row=", row, ", label=", label,
          ", classes=", args.classes, ", ignored_label=", args.ignored_label);
  }
}

/// The target of each class of one row.
template <class T>
struct Target {
  CrossEntropyArgs<T> const& args;
  i64 row;
  double keep = 1 - static_cast<double>(args.smoothing);
  double spread = static_cast<double>(args.smoothing) / static_cast<double>(args.classes);

  double operator()(i64 j) const {
    double const weight = args.weights ? args.weights[j] : 1;
    double const share = args.targets ? args.targets[row * args.classes + j] : (j == args.labels[row] ? 1 : 0);
    return weight * (keep * share + spread);
  }
};

template <class T>
void take_row(CrossEntropyArgs<T> const& args, i64 row) {
  i64 const classes = args.classes;
  T const* const x = args.logits + row * classes;
  Target<T> const target = {args, row};
  double highest = f32(x[0]);
  for (i64 j = 1; j < classes; ++j) highest = std::max<double>(highest, f32(x[j]));
  double sum = 0, total = 0, loss = 0;
  for (i64 j = 0; j < classes; ++j) {
    double const t = target(j);
    sum += std::exp(f32(x[j]) - highest);
    total += t;
    if (t != 0) loss += t * (highest - f32(x[j]));
  }
  args.loss[row] = static_cast<f32>(loss + total * std::log(sum));
  if (!args.dlogits) return;
  f32 const dloss = args.share ? args.dloss * *args.share : args.dloss;
  for (i64 j = 0; j < classes; ++j) {
    double const gradient = std::exp(f32(x[j]) - highest) * (total / sum) - target(j);
    args.dlogits[row * classes + j] = T(static_cast<f32>(dloss * gradient));
  }
}

}  // namespace

template <class T>
void cross_entropy(CrossEntropyArgs<T> const& args, Stream) {
  check_arguments(args);
  check_labels(args);
#pragma omp parallel for schedule(static) if (args.rows * args.classes > parallel_from)
  for (i64 row = 0; row < args.rows; ++row) {
    if (args.targets || args.labels[row] != args.ignored_label) {
      take_row(args, row);
    } else {
      args.loss[row] = 0;
      if (args.dlogits) std::fill_n(args.dlogits + row * args.classes, args.classes, T(0.0f));
    }
  }
}

HEDDLE_INSTANTIATE(cross_entropy, CrossEntropyArgs);

}  // namespace heddle::cpu
