#include "train/evaluate.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "kernels/core/error.h"
#include "ops/elementwise.h"
#include "train/non_finite.h"

namespace heddle::train {
namespace {

class InferenceMode {
 public:
  explicit InferenceMode(nn::Module& model) : model_(model), training_(model.training()) { model.set_training(false); }
  ~InferenceMode() { model_.set_training(training_); }
  InferenceMode(InferenceMode const&) = delete;
  InferenceMode& operator=(InferenceMode const&) = delete;

 private:
  nn::Module& model_;
  bool training_;
};

/// Turns a row of logits into probabilities; returns the cross-entropy of `label`.
double softmax(std::span<f32> row, i32 label) {
  double const largest = *std::ranges::max_element(row);
  double const at_label = row[static_cast<std::size_t>(label)];
  double sum = 0;
  for (f32 const logit : row) sum += std::exp(logit - largest);
  for (f32& logit : row) logit = static_cast<f32>(std::exp(logit - largest) / sum);
  return largest + std::log(sum) - at_label;
}

}  // namespace

i64 count_correct(std::vector<f32> const& logits, std::vector<i32> const& labels) {
  if (labels.empty()) return 0;
  auto const classes = static_cast<std::ptrdiff_t>(logits.size() / labels.size());
  i64 correct = 0;
  auto row = logits.begin();
  for (i32 const label : labels) {
    correct += std::max_element(row, row + classes) - row == label;
    row += classes;
  }
  return correct;
}

Evaluation evaluate(nn::Module& model, Loader& loader) {
  InferenceMode const mode(model);
  std::vector<f32> probabilities;
  double loss = 0;
  i64 correct = 0, images = 0;
  for (i64 i = 0; i < loader.batches_per_epoch(); ++i) {
    Batch const batch = loader.batch(0, i);
    auto logits = ops::cast(model(batch.images), DType::f32).to_vector<f32>();
    auto const labels = batch.labels.to_vector<i32>();
    correct += count_correct(logits, labels);
    images += static_cast<i64>(labels.size());
    std::size_t const classes = logits.size() / labels.size();
    for (std::size_t row = 0; row < labels.size(); ++row)
      loss += softmax(std::span(logits).subspan(row * classes, classes), labels[row]);
    check(std::isfinite(loss), "[evaluate] the loss is not finite; first seen in ",
          find_non_finite(model, batch.images));
    probabilities.insert(probabilities.end(), logits.begin(), logits.end());
  }
  check(images > 0, "[evaluate] there are no images to evaluate");
  double const count = static_cast<double>(images);
  return {loss / count, static_cast<double>(correct) / count,
          Tensor::from(probabilities, {images, static_cast<i64>(probabilities.size()) / images})};
}

}  // namespace heddle::train
