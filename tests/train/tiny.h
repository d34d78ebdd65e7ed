// A small task for tests of the training loop: images whose brighter half tells the class.
#pragma once

#include <memory>

#include "nn/activation.h"
#include "nn/dropout.h"
#include "nn/flatten.h"
#include "nn/linear.h"
#include "nn/sequential.h"
#include "tests/support/fill.h"
#include "train/trainer.h"

namespace heddle::testing {

/// [count, 4, 4, 1]; the label is 1 where the lower half is brighter, with a few labels wrong.
inline train::ImageSet tiny_images(i64 count, u64 seed = 1) {
  std::vector<u8> pixels;
  std::vector<i32> labels;
  for (i64 i = 0; i < count; ++i) {
    auto const words = philox(seed, 7, static_cast<u64>(i));
    i32 const label = static_cast<i32>(words[0] & 1);
    for (u64 p = 0; p < 16; ++p) {
      u32 const noise = uniform_below(philox(seed, 8 + p, static_cast<u64>(i))[0], 120);
      pixels.push_back(static_cast<u8>(noise + ((p >= 8) == (label == 1) ? 100 : 0)));
    }
    labels.push_back(words[1] % 16 == 0 ? 1 - label : label);
  }
  return {Tensor::from(pixels, {count, 4, 4, 1}), Tensor::from(labels, {count})};
}

inline train::Loader tiny_loader(train::ImageSet set, i64 batch_size, bool training = true) {
  ops::Normalization const normalization = {Tensor::full({1}, 0.4f), Tensor::full({1}, 0.2f)};
  return train::Loader(std::move(set), normalization,
                       {.batch_size = batch_size,
                        .shuffle = training,
                        .drop_last = training,
                        .augment = {.crop_padding = training ? 1 : 0},
                        .seed = 5});
}

/// Two linear maps with a ReLU between them: no state besides its parameters, unless hidden units are dropped.
inline std::shared_ptr<nn::Module> tiny_model(u64 seed = 3, f32 dropout_rate = 0) {
  Generator generator = {.seed = seed};
  auto model = std::make_shared<nn::Sequential>();
  model->add("flatten", std::make_shared<nn::Flatten>())
      .add("hidden", std::make_shared<nn::Linear>(16, 8, generator))
      .add("relu", std::make_shared<nn::Activate>(Activation::relu));
  if (dropout_rate > 0) model->add("drop", std::make_shared<nn::Dropout>(dropout_rate, generator));
  model->add("head", std::make_shared<nn::Linear>(8, 2, generator));
  return model;
}

inline std::vector<f32> flat_state(std::vector<nn::NamedTensor> const& tensors) {
  std::vector<f32> values;
  for (nn::NamedTensor const& named : tensors) {
    auto const part = named.tensor.to_vector<f32>();
    values.insert(values.end(), part.begin(), part.end());
  }
  return values;
}

}  // namespace heddle::testing
