// The training loop: batch -> loss -> gradients -> update, step by step.
#pragma once

#include <memory>
#include <optional>

#include "train/best_weights.h"
#include "train/data/loader.h"
#include "train/metrics.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "train/step_numbers.h"
#include "train/weight_average.h"

namespace heddle::train {

struct TrainerOptions {
  i64 epochs = 1;
  i64 accumulation = 1;  // batches whose gradients, averaged, make one step
  double label_smoothing = 0;
  double clip_norm = 0;  // largest norm of the gradients; 0: any
  double ema_decay = 0;  // of the weights' moving average; 0: none
  i64 patience = 0;      // epochs without better validation before the end; 0: any number
  LossScaleOptions loss_scale = {};
  OptimizerOptions optimizer = {};
  ScheduleOptions schedule = {};
};

/// What a step did, and, where it was the last of an epoch, what the epoch did.
struct StepReport {
  StepMetrics step;
  std::optional<EpochMetrics> epoch;
  Timing timing;  // with `epoch`
};

/// Trains a model:
///   Trainer trainer(model, train_loader, validation_loader, options);
///   while (!trainer.finished()) report(trainer.step());
///   trainer.use_best_weights();
/// Every step is a pure function of the state that `checkpoint` holds, of the loaders and of the options: a restored
/// trainer goes on with the same bits.
class Trainer {
 public:
  /// The model trains where it is, and in the type in which it computes; the loaders must give such batches. Throws an
  /// Error when an epoch has fewer batches than one step takes.
  Trainer(std::shared_ptr<nn::Module> model, Loader train, std::optional<Loader> validation,
          TrainerOptions const& options);

  i64 steps_per_epoch() const { return steps_per_epoch_; }
  i64 total_steps() const { return steps_per_epoch_ * options_.epochs; }
  i64 steps_done() const { return steps_done_; }
  /// All steps are done, or patience has ended.
  bool finished() const;

  /// One update of the weights; after the last of an epoch the validation too. When a gradient is not finite while the
  /// loss scale is above 1, the step is skipped. When it is not at 1, or the loss is not, it throws an Error that names
  /// the step and the layer where this began. The weights are then still those of the step before.
  StepReport step();

  /// Gives the model the weights to keep: those of the best validation, or without one the last (averaged, if asked
  /// for). Training cannot go on afterwards.
  void use_best_weights();
  /// The epoch whose weights these are; 0 without validation.
  i64 best_epoch() const { return best_.epoch(); }

  /// Holds handles of the trainer's tensors: write it before the next step. Throws an Error that names step and tensor
  /// when a weight is not finite, so that a good checkpoint is never replaced by such a one.
  Checkpoint checkpoint() const;
  /// Throws an Error when the checkpoint does not fit the model, the data or the options.
  void restore(Checkpoint const& checkpoint);

 private:
  struct Pass;
  struct EpochSums {
    double loss = 0;  // of images, summed
    i64 correct = 0, images = 0;
    i64 skipped = 0;  // steps, whose images do not count
  };

  i64 epochs_done() const { return steps_done_ / steps_per_epoch_; }
  Batch load(i64 micro_batch);
  Pass forward_backward(Batch const& batch) const;
  EpochSums sum_losses(std::vector<Pass> const& passes);
  void require_finite(std::vector<Pass> const& passes, StepState const& numbers);
  StepMetrics update();
  EpochMetrics end_epoch(double learning_rate);
  Evaluation validate();
  void check_weights() const;
  void exchange_average();
  [[noreturn]] static void fail_step(i64 step, std::string const& what, std::string const& place);

  std::shared_ptr<nn::Module> model_;
  Loader train_;
  std::optional<Loader> validation_;
  TrainerOptions options_;
  i64 steps_per_epoch_;

  std::unique_ptr<Optimizer> optimizer_;
  StepNumbers numbers_;
  std::optional<WeightAverage> average_;
  BestWeights best_;
  i64 steps_done_ = 0;
  EpochSums epoch_sums_;

  Timing timing_;  // of the epoch so far, as far as this process ran it
  i64 timed_images_ = 0;
};

}  // namespace heddle::train
