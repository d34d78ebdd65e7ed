#include "kernels/loss/cross_entropy.h"

#include "ops/cross_entropy.h"
#include "ops/elementwise.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

void require_matrix(Tensor const& logits) {
  check(logits.shape().rank() == 2, "[cross_entropy] logits must be [rows, classes]: ", logits.shape());
}

/// How many rows count; the labels are few, and on the host with the loss anyway.
i64 rows_that_count(Tensor const& labels, i32 ignored_label) {
  i64 count = 0;
  for (i32 const label : labels.to_vector<i32>()) count += label != ignored_label;
  return count;
}

/// Runs the kernel, and returns the mean of its losses over `counted` rows.
Tensor mean_loss(Tensor const& logits, CrossEntropyArgs<f32> args, i64 counted) {
  Tensor const losses = Tensor::empty({args.rows}, DType::f32, logits.device());
  Tensor const dlogits = Tensor::empty(logits.shape(), DType::f32, logits.device());
  args.logits = logits.data<f32>();
  args.loss = losses.data<f32>();
  args.dlogits = logits.requires_gradient() ? dlogits.data<f32>() : nullptr;
  run(Operation<CrossEntropyArgs<f32>>{.name = "cross_entropy", .cpu = cpu::cross_entropy}, logits.device(), args);

  double sum = 0;
  for (f32 const loss : losses.to_vector<f32>()) sum += loss;
  f32 const share = counted == 0 ? 0 : 1 / static_cast<f32>(counted);
  Tensor mean =
      Tensor::full({}, counted == 0 ? 0 : static_cast<f32>(sum / static_cast<double>(counted)), logits.device());
  record("cross_entropy", {logits}, mean,
         [dlogits, share](Tensor const& dy) { return std::vector{scale(dlogits, share * dy.item<f32>())}; });
  return mean;
}

}  // namespace

Tensor cross_entropy(Tensor const& logits, Tensor const& labels, CrossEntropyOptions const& options) {
  require_matrix(logits);
  require_same_device("cross_entropy", logits, labels);
  require_shape("cross_entropy", "labels", labels, {logits.size(0)});
  return mean_loss(logits,
                   {.rows = logits.size(0),
                    .classes = logits.size(1),
                    .smoothing = options.smoothing,
                    .ignored_label = options.ignored_label,
                    .labels = labels.data<i32>()},
                   rows_that_count(labels, options.ignored_label));
}

Tensor cross_entropy_soft(Tensor const& logits, Tensor const& targets, CrossEntropyOptions const& options) {
  require_matrix(logits);
  require_same_device("cross_entropy", logits, targets);
  require_shape("cross_entropy", "targets", targets, logits.shape());
  return mean_loss(logits,
                   {.rows = logits.size(0),
                    .classes = logits.size(1),
                    .smoothing = options.smoothing,
                    .targets = targets.data<f32>()},
                   logits.size(0));
}

}  // namespace heddle::ops
