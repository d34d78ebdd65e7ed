// A model's figures on a set of images.
#pragma once

#include "nn/module.h"
#include "train/data/loader.h"

namespace heddle::train {

struct Evaluation {
  double loss = 0;       // mean cross-entropy, without label smoothing
  double accuracy = 0;   // share in [0, 1]
  Tensor probabilities;  // [images, classes] f32
};

/// The images of the loader in its order of epoch 0, the model in inference mode and back afterwards. Throws an Error
/// when the loss is not finite.
Evaluation evaluate(nn::Module& model, Loader& loader);

/// How many rows have their largest value at their label, the first one counting where several are largest.
i64 count_correct(std::vector<f32> const& logits, std::vector<i32> const& labels);

}  // namespace heddle::train
