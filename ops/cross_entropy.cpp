#include "ops/cross_entropy.h"

#include <numeric>

#include "kernels/loss/cross_entropy.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

void require_fitting(Tensor const& logits, Tensor const& targets, CrossEntropyOptions const& options) {
  check(logits.shape().rank() == 2, "[cross_entropy] logits must be [rows, classes]: ", logits.shape());
  require_same_device("cross_entropy", logits, targets, options.weights);
  if (options.weights.defined()) require_shape("cross_entropy", "weights", options.weights, {logits.size(1)});
}

/// For how much the rows count together; the labels are few, and on the host with the loss anyway.
double weight_of_rows(Tensor const& labels, CrossEntropyOptions const& options) {
  std::vector<f32> const weights = options.weights.defined() ? options.weights.to_vector<f32>() : std::vector<f32>();
  double sum = 0;
  for (i32 const label : labels.to_vector<i32>()) {
    if (label == options.ignored_label) continue;
    bool const weighted = label >= 0 && label < std::ssize(weights);
    sum += weighted ? weights[static_cast<std::size_t>(label)] : 1;
  }
  return sum;
}

/// One of labels and targets is undefined. The gradient is made with the loss, for a gradient of the loss of 1; for
/// another one it is made again.
template <class T>
Tensor mean_loss(Tensor const& logits, Tensor const& labels, Tensor const& targets, CrossEntropyOptions const& options,
                 double weight) {
  Tensor const losses = Tensor::empty({logits.size(0)}, DType::f32, logits.device());
  double const share = weight == 0 ? 0 : 1 / weight;
  auto const fill = [=](Tensor const& dlogits, double dloss) {
    run(heddle::cross_entropy<T>, logits.device(),
        {.rows = logits.size(0),
         .classes = logits.size(1),
         .smoothing = options.smoothing,
         .ignored_label = options.ignored_label,
         .dloss = static_cast<f32>(dloss * share),
         .logits = logits.data<T>(),
         .labels = labels.defined() ? labels.data<i32>() : nullptr,
         .targets = targets.defined() ? targets.data<f32>() : nullptr,
         .weights = options.weights.defined() ? options.weights.data<f32>() : nullptr,
         .loss = losses.data<f32>(),
         .dlogits = dlogits.defined() ? dlogits.data<T>() : nullptr});
  };
  Tensor const dlogits =
      logits.requires_gradient() ? Tensor::empty(logits.shape(), logits.dtype(), logits.device()) : Tensor();
  fill(dlogits, 1);

  std::vector<f32> const of_rows = losses.to_vector<f32>();
  double const sum = std::accumulate(of_rows.begin(), of_rows.end(), 0.0);
  Tensor mean = Tensor::full({}, static_cast<f32>(sum * share), logits.device());
  record("cross_entropy", {logits}, mean, [=](Tensor const& dy) {
    if (f32 const dloss = dy.item<f32>(); dloss != 1) fill(dlogits, dloss);
    return std::vector{dlogits};
  });
  return mean;
}

}  // namespace

Tensor cross_entropy(Tensor const& logits, Tensor const& labels, CrossEntropyOptions const& options) {
  require_fitting(logits, labels, options);
  require_shape("cross_entropy", "labels", labels, {logits.size(0)});
  return with_float_type("cross_entropy", logits.dtype(), [&]<class T>() {
    return mean_loss<T>(logits, labels, {}, options, weight_of_rows(labels, options));
  });
}

Tensor cross_entropy_soft(Tensor const& logits, Tensor const& targets, CrossEntropyOptions const& options) {
  require_fitting(logits, targets, options);
  require_shape("cross_entropy", "targets", targets, logits.shape());
  return with_float_type("cross_entropy", logits.dtype(), [&]<class T>() {
    return mean_loss<T>(logits, {}, targets, options, static_cast<double>(logits.size(0)));
  });
}

}  // namespace heddle::ops
