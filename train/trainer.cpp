#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "kernels/core/error.h"
#include "ops/allocator.h"
#include "ops/cross_entropy.h"
#include "ops/out_of_memory.h"
#include "ops/tape.h"
#include "train/non_finite.h"

namespace heddle::train {
namespace {

Device device_of(nn::Module const& model) {
  auto const parameters = model.parameters();
  return parameters.empty() ? Device::cpu : parameters.front().tensor.device();
}

}  // namespace

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
      best_(model_),
      log_(std::clamp(options.log_every, i64{1}, std::max(i64{1}, steps_per_epoch_)), device_of(*model_)) {
  check(options.log_every > 0, "[trainer] log_every must be at least 1: ", options.log_every);
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
  return !failed_ && (steps_done_ == total_steps() || impatient);
}

StepReport Trainer::step() {
  check(!finished(), "[trainer] training has ended after step ", steps_done_);
  auto const start = std::chrono::steady_clock::now();
  StepReport report;
  if (!failed_) update();
  bool const ends_epoch = steps_done_ % steps_per_epoch_ == 0;
  if (failed_ || ends_epoch || log_.full()) report.steps = collect();
  timing_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (failed_ || !ends_epoch) return report;

  report.epoch = end_epoch(report.steps.back().learning_rate);
  timing_.epoch = report.epoch->epoch;
  timing_.images_per_s = static_cast<double>(timed_images_) / timing_.seconds;
  report.timing = std::exchange(timing_, {});
  timed_images_ = 0;
  return report;
}

/// Nothing here waits for the device.
void Trainer::update() try {
  MemoryScope const scope(MemoryUse::activations);
  model_->set_training(true);
  model_->clear_gradients();
  Pending pending;
  for (i64 i = 0; i < options_.accumulation; ++i) {
    Batch const batch = load(steps_done_, i);
    pending.images += batch.labels.size(0);
    pending.generators.push_back(generators());
    Losses const losses = forward_backward(batch);
    log_.add(losses.mean, losses.logits, batch.targets.defined() ? batch.targets : batch.labels, numbers_.state());
  }
  numbers_.finish(optimizer_->gradients());
  optimizer_->step(numbers_.state());
  if (average_) average_->update(numbers_.state());
  log_.end_step(numbers_.state());
  timed_images_ += pending.images;
  pending_.push_back(std::move(pending));
  ++steps_done_;
} catch (OutOfMemory& error) {
  error.set_remedy(batch_that_fits());
  throw;
}

/// Whether the passes of a batch of so many images find room beside what stays.
bool Trainer::fits(i64 images) try {
  MemoryScope const scope(MemoryUse::activations);
  forward_backward(train_.batch(epochs_done(), 0, images));
  return true;
} catch (OutOfMemory const&) {
  return false;
}

/// The largest of 3/4, 1/2, 3/8, 1/4, … of the batch for which there is room, as advice.
std::string Trainer::batch_that_fits() {
  Device const device = device_of(*model_);
  model_->clear_gradients();
  release_kept_blocks(device);
  i64 const all = train_.batch_size();
  std::size_t const held = allocator_statistics(device).used_bytes;
  for (i64 part = all; part > 1; part /= 2)
    for (i64 const images : {part * 3 / 4, part / 2}) {
      reset_peak(device);
      bool const room = fits(images);
      model_->clear_gradients();
      release_kept_blocks(device);
      if (!room) continue;
      std::size_t const each = (allocator_statistics(device).peak_bytes - held) / static_cast<std::size_t>(images);
      return fmt::format("a batch of {} fits, at {} an image: use a smaller one, and accumulate more of them", images,
                         memory_text(each));
    }
  return "not even a batch of 1 fits";
}

std::vector<StepMetrics> Trainer::collect() {
  if (failed_) explain_failure();
  std::vector<Pending> const pending = std::exchange(pending_, {});
  std::vector<StepLog::Entry> const entries = log_.read();
  i64 const first = steps_done_ - static_cast<i64>(entries.size());
  std::vector<StepMetrics> steps;
  for (std::size_t i = 0; i < entries.size() && !failed_; ++i) {
    if (entries[i].numbers.stopped == 0) {
      steps.push_back(add_up(first + static_cast<i64>(i) + 1, pending[i], entries[i]));
    } else {
      steps_done_ = first + static_cast<i64>(i);
      failed_ = pending[i];
    }
  }
  if (failed_ && steps.empty()) explain_failure();
  return steps;
}

/// All of it belongs to the epoch under way: its end reads the log.
StepMetrics Trainer::add_up(i64 step, Pending const& pending, StepLog::Entry const& entry) {
  StepState const& numbers = entry.numbers;
  bool const skipped = numbers.finite == 0;
  if (skipped) {
    ++epoch_sums_.skipped;
  } else {
    epoch_sums_.loss += entry.figures.loss;
    epoch_sums_.correct += entry.figures.correct;
    epoch_sums_.images += pending.images;
  }
  double const images = static_cast<double>(pending.images);
  return {.step = step,
          .epoch = (step - 1) / steps_per_epoch_ + 1,
          .loss = entry.figures.loss / images,
          .accuracy = static_cast<double>(entry.figures.correct) / images,
          .learning_rate = learning_rate(options_.schedule, numbers.step - numbers.finite, total_steps()),
          .gradient_norm = numbers.gradient_norm,
          .loss_scale = numbers.loss_scale,
          .skipped = skipped};
}

std::vector<Generator> Trainer::generators() const {
  std::vector<Generator> all;
  for (auto const& named : model_->generators()) all.push_back(*named.generator);
  return all;
}

/// So that the model drops what it dropped.
void Trainer::rewind(std::vector<Generator> const& generators) {
  auto const current = model_->generators();
  for (std::size_t i = 0; i < current.size(); ++i) *current[i].generator = generators[i];
}

Batch Trainer::load(i64 step, i64 micro_batch) {
  return train_.batch(step / steps_per_epoch_, step % steps_per_epoch_ * options_.accumulation + micro_batch);
}

Trainer::Losses Trainer::forward_backward(Batch const& batch) {
  Tape tape;
  Tensor const logits = numbers_.for_loss((*model_)(batch.images));
  ops::CrossEntropyOptions const options = {.smoothing = static_cast<f32>(options_.label_smoothing)};
  Tensor const loss = batch.targets.defined() ? ops::cross_entropy_soft(logits, batch.targets, options)
                                              : ops::cross_entropy(logits, batch.labels, options);
  tape.backward(loss, 1 / static_cast<f32>(options_.accumulation));
  return {loss, logits};
}

/// Takes the step again, which found the same weights: none was changed since.
void Trainer::explain_failure() {
  model_->set_training(true);
  model_->clear_gradients();
  for (i64 i = 0; i < options_.accumulation; ++i) {
    auto const& generators = failed_->generators[static_cast<std::size_t>(i)];
    Batch const batch = load(steps_done_, i);
    rewind(generators);
    if (std::isfinite(forward_backward(batch).mean.item<f32>())) continue;
    rewind(generators);
    fail_step(steps_done_ + 1, "the loss", find_non_finite(*model_, batch.images));
  }
  fail_step(steps_done_ + 1, "the gradient", find_non_finite_gradient(*model_));
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
  check(pending_.empty() && !failed_, "[trainer] a checkpoint needs what was measured up to step ", steps_done_,
        ": collect it first");
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
