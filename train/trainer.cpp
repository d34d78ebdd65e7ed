#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "kernels/core/error.h"
#include "ops/cross_entropy.h"
#include "ops/tape.h"
#include "train/non_finite.h"

namespace heddle::train {
namespace {

Device device_of(nn::Module const& model) {
  auto const parameters = model.parameters();
  return parameters.empty() ? Device::cpu : parameters.front().tensor.device();
}

}  // namespace

/// What is left of a forward and backward pass besides the gradients.
struct Trainer::Pass {
  Tensor loss;                        // []
  Tensor logits;                      // [n, classes] in f32
  Tensor labels;                      // [n]
  std::vector<Generator> generators;  // the model's, before the pass

  /// Gives them back to the model, so that it drops what it dropped.
  void rewind(nn::Module const& model) const {
    auto const current = model.generators();
    for (std::size_t i = 0; i < current.size(); ++i) *current[i].generator = generators[i];
  }
};

Trainer::Trainer(std::shared_ptr<nn::Module> model, Loader train, std::optional<Loader> validation,
                 TrainerOptions const& options)
    : model_(std::move(model)),
      train_(std::move(train)),
      validation_(std::move(validation)),
      options_(options),
      steps_per_epoch_(train_.batches_per_epoch() / std::max(i64{1}, options.accumulation)),
      optimizer_(make_optimizer(model_->parameters(), model_->copies(), options.optimizer)),
      numbers_({.schedule = options.schedule,
                .total_steps = total_steps(),
                .clip_norm = options.clip_norm,
                .loss_scale = options.loss_scale},
               device_of(*model_)),
      best_(model_) {
  check(options.accumulation > 0, "[trainer] accumulation must be at least 1: ", options.accumulation);
  check(options.epochs > 0, "[trainer] epochs must be at least 1: ", options.epochs);
  check(options.patience == 0 || validation_,
        "[trainer] patience needs validation images: patience=", options.patience);
  check(steps_per_epoch_ > 0,
        "[trainer] an epoch has fewer batches than one step accumulates: batches=", train_.batches_per_epoch(),
        ", accumulation=", options.accumulation);
  if (options.ema_decay > 0) average_.emplace(*model_, options.ema_decay);
}

bool Trainer::finished() const {
  bool const impatient = options_.patience > 0 && epochs_done() - best_.epoch() >= options_.patience;
  return steps_done_ == total_steps() || impatient;
}

StepReport Trainer::step() {
  check(!finished(), "[trainer] training has ended after step ", steps_done_);
  auto const start = std::chrono::steady_clock::now();
  StepReport report = {.step = update(), .epoch = {}, .timing = {}};
  timing_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (steps_done_ % steps_per_epoch_ != 0) return report;

  report.epoch = end_epoch(report.step.learning_rate);
  timing_.epoch = report.epoch->epoch;
  timing_.images_per_s = static_cast<double>(timed_images_) / timing_.seconds;
  report.timing = std::exchange(timing_, {});
  timed_images_ = 0;
  return report;
}

StepMetrics Trainer::update() {
  model_->set_training(true);
  model_->clear_gradients();
  std::vector<Pass> passes;
  for (i64 i = 0; i < options_.accumulation; ++i) passes.push_back(forward_backward(load(i)));
  numbers_.finish(optimizer_->gradients());
  StepState const numbers = numbers_.read();
  bool const skipped = numbers.finite == 0 && numbers.stopped == 0;
  if (!skipped) require_finite(passes, numbers);
  optimizer_->step(numbers_.state());
  if (average_ && !skipped) average_->update();

  EpochSums const sums = sum_losses(passes);
  i64 const epoch = epochs_done() + 1;
  ++steps_done_;
  if (skipped) {
    ++epoch_sums_.skipped;
  } else {
    epoch_sums_.loss += sums.loss;
    epoch_sums_.correct += sums.correct;
    epoch_sums_.images += sums.images;
  }
  timed_images_ += sums.images;
  double const images = static_cast<double>(sums.images);
  return {.step = steps_done_,
          .epoch = epoch,
          .loss = sums.loss / images,
          .accuracy = static_cast<double>(sums.correct) / images,
          .learning_rate = learning_rate(options_.schedule, numbers.step - numbers.finite, total_steps()),
          .gradient_norm = numbers.gradient_norm,
          .loss_scale = numbers.loss_scale,
          .skipped = skipped};
}

Batch Trainer::load(i64 micro_batch) {
  i64 const step_of_epoch = steps_done_ % steps_per_epoch_;
  return train_.batch(epochs_done(), step_of_epoch * options_.accumulation + micro_batch);
}

Trainer::Pass Trainer::forward_backward(Batch const& batch) const {
  std::vector<Generator> generators;
  for (auto const& named : model_->generators()) generators.push_back(*named.generator);
  Tape tape;
  Tensor const logits = numbers_.for_loss((*model_)(batch.images));
  Tensor const loss =
      ops::cross_entropy(logits, batch.labels, {.smoothing = static_cast<f32>(options_.label_smoothing)});
  tape.backward(loss, 1 / static_cast<f32>(options_.accumulation));
  return {loss, logits, batch.labels, std::move(generators)};
}

Trainer::EpochSums Trainer::sum_losses(std::vector<Pass> const& passes) {
  EpochSums sums;
  for (Pass const& pass : passes) {
    auto const labels = pass.labels.to_vector<i32>();
    auto const images = static_cast<i64>(labels.size());
    sums.loss += static_cast<double>(pass.loss.item<f32>()) * static_cast<double>(images);
    sums.correct += count_correct(pass.logits.to_vector<f32>(), labels);
    sums.images += images;
  }
  return sums;
}

void Trainer::require_finite(std::vector<Pass> const& passes, StepState const& numbers) {
  for (std::size_t i = 0; i < passes.size(); ++i) {
    if (std::isfinite(passes[i].loss.item<f32>())) continue;
    passes[i].rewind(*model_);
    fail_step(steps_done_ + 1, "the loss", find_non_finite(*model_, load(static_cast<i64>(i)).images));
  }
  if (numbers.finite == 0) fail_step(steps_done_ + 1, "the gradient", find_non_finite_gradient(*model_));
}

/// An update can overflow where loss and gradients did not.
void Trainer::check_weights() const {
  if (std::string const place = find_non_finite_state(*model_); !place.empty())
    fail_step(steps_done_, "the updated model", place);
}

void Trainer::fail_step(i64 step, std::string const& what, std::string const& place) {
  fail("[train] step ", step, ": ", what, " is not finite; first seen in ", place,
       "; a lower learning rate or a warm-up may help");
}

EpochMetrics Trainer::end_epoch(double learning_rate) {
  check_weights();
  EpochSums const sums = std::exchange(epoch_sums_, {});
  double const images = static_cast<double>(sums.images);
  EpochMetrics metrics = {.epoch = epochs_done(),
                          .step = steps_done_,
                          .train_loss = sums.loss / images,
                          .train_accuracy = static_cast<double>(sums.correct) / images,
                          .validation_loss = std::nan(""),
                          .validation_accuracy = std::nan(""),
                          .learning_rate = learning_rate,
                          .skipped_steps = sums.skipped};
  if (!validation_) return metrics;

  exchange_average();
  Evaluation const evaluation = validate();
  best_.consider(metrics.epoch, evaluation);
  exchange_average();
  metrics.validation_loss = evaluation.loss;
  metrics.validation_accuracy = evaluation.accuracy;
  return metrics;
}

Evaluation Trainer::validate() try { return evaluate(*model_, *validation_); } catch (Error const& error) {
  fail("[train] validation after step ", steps_done_, ": ", error.what());
}

void Trainer::exchange_average() {
  if (!average_) return;
  average_->exchange();
  model_->update_copies();
}

void Trainer::use_best_weights() {
  if (best_.epoch() > 0) {
    best_.load();
  } else {
    exchange_average();
  }
}

Checkpoint Trainer::checkpoint() const {
  check_weights();
  Checkpoint checkpoint;
  checkpoint.put("step", steps_done_);
  checkpoint.put("steps_per_epoch", steps_per_epoch_);
  checkpoint.put("epoch_loss", epoch_sums_.loss);
  checkpoint.put("epoch_correct", epoch_sums_.correct);
  checkpoint.put("epoch_images", epoch_sums_.images);
  checkpoint.put("epoch_skipped", epoch_sums_.skipped);
  checkpoint.put("model/", model_->state());
  checkpoint.put("generator/", model_->generators());
  optimizer_->save(checkpoint);
  numbers_.save(checkpoint);
  if (average_) average_->save(checkpoint);
  best_.save(checkpoint);
  return checkpoint;
}

void Trainer::restore(Checkpoint const& checkpoint) {
  i64 const step = checkpoint.integer("step"), steps_per_epoch = checkpoint.integer("steps_per_epoch");
  check(steps_per_epoch == steps_per_epoch_, "[trainer] the checkpoint is of epochs of ", steps_per_epoch,
        " steps, these have ", steps_per_epoch_, ": the data or the batches are others");
  check(0 <= step && step <= total_steps(), "[trainer] the checkpoint's step must be in [0, ", total_steps(),
        "]: ", step);
  steps_done_ = step;
  epoch_sums_ = {.loss = checkpoint.number("epoch_loss"),
                 .correct = checkpoint.integer("epoch_correct"),
                 .images = checkpoint.integer("epoch_images"),
                 .skipped = checkpoint.integer("epoch_skipped")};
  checkpoint.get("model/", model_->state());
  model_->update_copies();
  checkpoint.get("generator/", model_->generators());
  optimizer_->restore(checkpoint);
  numbers_.restore(checkpoint);
  if (average_) average_->restore(checkpoint);
  best_.restore(checkpoint);
  check(0 <= best_.epoch() && best_.epoch() <= epochs_done(), "[trainer] the checkpoint's best epoch must be in [0, ",
        epochs_done(), "]: ", best_.epoch());
}

}  // namespace heddle::train
