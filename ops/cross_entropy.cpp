#include "ops/cross_entropy.h"

#include "kernels/loss/cross_entropy.h"
#include "kernels/loss/label_share.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

void require_fitting(Tensor const& logits, Tensor const& targets, CrossEntropyOptions const& options) {
  check(logits.shape().rank() == 2, "[cross_entropy] logits must be [rows, classes]: ", logits.shape());
  require_same_device("cross_entropy", logits, targets, options.weights);
  if (options.weights.defined()) require_shape("cross_entropy", "weights", options.weights, {logits.size(1)});
}

/// [1]: what each row counts in the mean.
Tensor share_of_rows(Tensor const& logits, Tensor const& labels, CrossEntropyOptions const& options) {
  Tensor share = Tensor::empty({1}, DType::f32, logits.device());
  run(heddle::label_share<f32>, logits.device(),
      {.rows = labels.count(),
       .classes = logits.size(1),
       .ignored_label = options.ignored_label,
       .labels = labels.data<i32>(),
       .weights = options.weights.defined() ? options.weights.data<f32>() : nullptr,
       .share = share.data<f32>()});
  return share;
}

/// One of labels and targets is undefined. The gradient is made with the loss, for a gradient of the loss of 1, and
/// multiplied by that which comes. Nothing waits for the device.
template <class T>
Tensor mean_loss(Tensor const& logits, Tensor const& labels, Tensor const& targets,
                 CrossEntropyOptions const& options) {
  i64 const rows = logits.size(0);
  Tensor const losses = Tensor::empty({rows}, DType::f32, logits.device());
  Tensor const dlogits =
      logits.requires_gradient() ? Tensor::empty(logits.shape(), logits.dtype(), logits.device()) : Tensor();
  Tensor const share = labels.defined() ? share_of_rows(logits, labels, options) : Tensor();
  f32 const even_share = labels.defined() || rows == 0 ? 1 : 1 / static_cast<f32>(rows);
  run(heddle::cross_entropy<T>, logits.device(),
      {.rows = rows,
       .classes = logits.size(1),
       .smoothing = options.smoothing,
       .ignored_label = options.ignored_label,
       .dloss = even_share,
       .share = share.defined() ? share.data<f32>() : nullptr,
       .logits = logits.data<T>(),
       .labels = labels.defined() ? labels.data<i32>() : nullptr,
       .targets = targets.defined() ? targets.data<f32>() : nullptr,
       .weights = options.weights.defined() ? options.weights.data<f32>() : nullptr,
       .loss = losses.data<f32>(),
       .dlogits = dlogits.defined() ? dlogits.data<T>() : nullptr});
  Tensor mean = sum(losses, 0);
  share.defined() ? scale_by_(mean, share) : scale_(mean, even_share);
  record("cross_entropy", {logits}, mean, [dlogits](Tensor const& dy) {
    Tensor dx = dlogits;
    scale_by_(dx, dy);
    return std::vector{dx};
  });
  return mean;
}

}  // namespace

Tensor cross_entropy(Tensor const& logits, Tensor const& labels, CrossEntropyOptions const& options) {
  require_fitting(logits, labels, options);
  require_shape("cross_entropy", "labels", labels, {logits.size(0)});
  return with_float_type("cross_entropy", logits.dtype(),
                         [&]<class T>() { return mean_loss<T>(logits, labels, {}, options); });
}

Tensor cross_entropy_soft(Tensor const& logits, Tensor const& targets, CrossEntropyOptions const& options) {
  require_fitting(logits, targets, options);
  require_shape("cross_entropy", "targets", targets, logits.shape());
  return with_float_type("cross_entropy", logits.dtype(),
                         [&]<class T>() { return mean_loss<T>(logits, {}, targets, options); });
}

}  // namespace heddle::ops
