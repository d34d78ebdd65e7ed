// All that a run can be told, with the defaults of an option that nobody names.
#pragma once

#include <string>
#include <vector>

#include "kernels/core/error.h"
#include "kernels/core/types.h"

namespace heddle::train {

/// A fault in what the user asked for; programs end with exit code 2 on it.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// Throws a UsageError made of `parts` unless `condition` holds.
template <class... Parts>
void check_usage(bool condition, Parts const&... parts) {
  if (condition) return;
  std::ostringstream text;
  (text << ... << parts);
  throw UsageError(text.str());
}

/// The table in option_fields.cpp gives each member its meaning, range and choices.
struct Options {
  std::string recipe;

  std::string dataset, data_dir;
  i64 train_images = 0, validation_images = 2000, test_images = 0;
  i64 crop_padding = 0;
  std::string flip = "none";
  i64 cutout = 0;
  double brightness = 0, contrast = 0, saturation = 0, hue = 0;
  double rotation = 0, shear = 0, scale = 0;
  double mixup = 0, cutmix = 0, mix_probability = 1;

  std::string model;
  i64 epochs = 20, batch_size = 128, accumulation = 1, seed = 0;
  double label_smoothing = 0, clip_norm = 0, ema_decay = 0;
  i64 patience = 0;

  std::string optimizer = "sgd";
  double learning_rate = 0.1, weight_decay = 5e-4;
  bool decay_weights_only = true;
  double momentum = 0.9;
  bool nesterov = false;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

  std::string schedule = "cosine";
  i64 warmup_steps = 0;
  std::vector<double> milestones = {0.5, 0.75};
  double step_factor = 0.1, final_factor = 0.001, start_factor = 0.04, peak_at = 0.25;

  std::string device = "cpu", precision = "f32";
  i64 threads = 0, memory_limit = 0;

  std::string run_dir;
  bool resume = false;
  i64 max_steps = 0, checkpoint_steps = 0, log_every = 0;
  bool pictures = true, summary = false, quiet = false;
};

}  // namespace heddle::train
