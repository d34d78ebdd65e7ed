// The matrix products of networks, as linear layers y = x w^T: m rows of x, n outputs, k inputs.
#pragma once

#include <vector>

#include "kernels/core/types.h"

namespace heddle::bench {

/// The convolutions of ResNet-50 (He et al. 2015, its stride in the 3 x 3 ones) on 256 images of 224 x 224, as products
/// over their windows, and its classifier.
inline std::vector<std::vector<i64>> resnet50_products() {
  constexpr i64 images = 256, of_56 = images * 56 * 56, of_28 = images * 28 * 28, of_14 = images * 14 * 14,
                of_7 = images * 7 * 7;
  return {{images * 112 * 112, 64, 147},
          {of_56, 64, 64},
          {of_56, 64, 576},
          {of_56, 256, 64},
          {of_56, 64, 256},
          {of_56, 128, 256},
          {of_28, 128, 1152},
          {of_28, 512, 128},
          {of_28, 512, 256},
          {of_28, 128, 512},
          {of_28, 256, 512},
          {of_14, 256, 2304},
          {of_14, 1024, 256},
          {of_14, 1024, 512},
          {of_14, 256, 1024},
          {of_14, 512, 1024},
          {of_7, 512, 4608},
          {of_7, 2048, 512},
          {of_7, 2048, 1024},
          {of_7, 512, 2048},
          {images, 1000, 2048}};
}

/// The layers of a vision transformer (Dosovitskiy et al. 2020) of this width, on 64 images of 197 tokens: queries,
/// keys and values together, the projection, and the two of the perceptron.
inline std::vector<std::vector<i64>> vision_transformer_products(i64 width) {
  constexpr i64 tokens = i64{64} * 197;
  return {{tokens, 3 * width, width}, {tokens, width, width}, {tokens, 4 * width, width}, {tokens, width, 4 * width}};
}

/// The layers of a language model of 7 billion parameters (Touvron et al. 2023) on so many tokens: queries, keys and
/// values together, the projection, gate and rise together, the fall, and the vocabulary.
inline std::vector<std::vector<i64>> language_model_products(i64 tokens) {
  return {
      {tokens, 12288, 4096}, {tokens, 4096, 4096}, {tokens, 22016, 4096}, {tokens, 4096, 11008}, {tokens, 32000, 4096}};
}

/// All of them: ViT-B/16, ViT-L/16, and the language model on a prompt and on 16 sequences at once.
inline std::vector<std::vector<i64>> network_products() {
  std::vector<std::vector<i64>> all;
  for (auto const& some : {resnet50_products(), vision_transformer_products(768), vision_transformer_products(1024),
                           language_model_products(4096), language_model_products(16)})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace heddle::bench
