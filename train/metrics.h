// What a run measures.
#pragma once

#include "kernels/core/types.h"

namespace heddle::train {

/// One optimizer step, counted from 1 over the whole run.
struct StepMetrics {
  i64 step = 0, epoch = 0;  // epochs count from 1
  double loss = 0;          // mean over the step's images
  double accuracy = 0;      // share in [0, 1]
  double learning_rate = 0;
  double gradient_norm = 0;  // before clipping
  double loss_scale = 1;     // of the next step
  bool skipped = false;      // nothing was updated: a gradient was not finite
};

/// One epoch. The validation figures are those of the weights that would be kept (EMA where it is on), and NaN where
/// there are no validation images: files and lines leave them out.
struct EpochMetrics {
  i64 epoch = 0, step = 0;  // step: the last of the epoch
  double train_loss = 0, train_accuracy = 0;
  double validation_loss = 0, validation_accuracy = 0;
  double learning_rate = 0;  // of the last step
  i64 skipped_steps = 0;     // their images do not count in the training figures
};

/// Wall-clock figures stay apart from the others, which are the same in every run of one seed.
struct Timing {
  i64 epoch = 0;
  double seconds = 0;  // training time of the epoch, evaluation left out
  double images_per_s = 0;
};

}  // namespace heddle::train
