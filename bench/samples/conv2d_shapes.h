// The convolutions of networks: n, h, w, c, k, filter, stride, padding, groups.
#pragma once

#include <vector>

#include "kernels/core/types.h"

namespace heddle::bench {

using ConvShapes = std::vector<std::vector<i64>>;

/// The depthwise ones of MobileNetV2 (Sandler et al. 2018) on 128 images of 224 x 224.
inline ConvShapes mobilenet_v2_depthwise() {
  constexpr i64 images = 128;
  return {{images, 112, 112, 32, 32, 3, 1, 1, 32},  {images, 112, 112, 96, 96, 3, 2, 1, 96},
          {images, 56, 56, 144, 144, 3, 1, 1, 144}, {images, 56, 56, 144, 144, 3, 2, 1, 144},
          {images, 28, 28, 192, 192, 3, 1, 1, 192}, {images, 28, 28, 192, 192, 3, 2, 1, 192},
          {images, 14, 14, 384, 384, 3, 1, 1, 384}, {images, 14, 14, 576, 576, 3, 1, 1, 576},
          {images, 14, 14, 576, 576, 3, 2, 1, 576}, {images, 7, 7, 960, 960, 3, 1, 1, 960}};
}

/// Those of EfficientNet-B0 (Tan, Le 2019) that MobileNetV2 does not have, likewise.
inline ConvShapes efficientnet_b0_depthwise() {
  constexpr i64 images = 128;
  return {{images, 56, 56, 144, 144, 5, 2, 2, 144}, {images, 28, 28, 240, 240, 5, 1, 2, 240},
          {images, 28, 28, 240, 240, 3, 2, 1, 240}, {images, 14, 14, 480, 480, 3, 1, 1, 480},
          {images, 14, 14, 480, 480, 5, 1, 2, 480}, {images, 14, 14, 672, 672, 5, 1, 2, 672},
          {images, 14, 14, 672, 672, 5, 2, 2, 672}, {images, 7, 7, 1152, 1152, 5, 1, 2, 1152},
          {images, 7, 7, 1152, 1152, 3, 1, 1, 1152}};
}

/// The network of the speed run on CIFAR-10 (Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a single GPU"), in
/// batches of 2000.
inline ConvShapes cifar_speed_run() {
  constexpr i64 images = 2000;
  return {{images, 32, 32, 3, 24, 2, 1, 0, 1},  {images, 31, 31, 24, 64, 3, 1, 1, 1},
          {images, 15, 15, 64, 64, 3, 1, 1, 1}, {images, 15, 15, 64, 256, 3, 1, 1, 1},
          {images, 7, 7, 256, 256, 3, 1, 1, 1}, {images, 3, 3, 256, 256, 3, 1, 1, 1}};
}

/// ResNet-18 (He et al. 2015) with the stem for CIFAR, on 512 images.
inline ConvShapes resnet18_cifar() {
  constexpr i64 images = 512;
  return {{images, 32, 32, 3, 64, 3, 1, 1, 1},    {images, 32, 32, 64, 64, 3, 1, 1, 1},
          {images, 32, 32, 64, 128, 3, 2, 1, 1},  {images, 32, 32, 64, 128, 1, 2, 0, 1},
          {images, 16, 16, 128, 128, 3, 1, 1, 1}, {images, 16, 16, 128, 256, 3, 2, 1, 1},
          {images, 16, 16, 128, 256, 1, 2, 0, 1}, {images, 8, 8, 256, 256, 3, 1, 1, 1},
          {images, 8, 8, 256, 512, 3, 2, 1, 1},   {images, 8, 8, 256, 512, 1, 2, 0, 1},
          {images, 4, 4, 512, 512, 3, 1, 1, 1}};
}

/// ResNet-50 (He et al. 2015, its stride in the 3 x 3 ones) on 256 images of 224 x 224.
inline ConvShapes resnet50() {
  constexpr i64 images = 256;
  return {{images, 224, 224, 3, 64, 7, 2, 3, 1},   {images, 56, 56, 64, 64, 1, 1, 0, 1},
          {images, 56, 56, 64, 64, 3, 1, 1, 1},    {images, 56, 56, 64, 256, 1, 1, 0, 1},
          {images, 56, 56, 256, 64, 1, 1, 0, 1},   {images, 56, 56, 256, 128, 1, 1, 0, 1},
          {images, 56, 56, 128, 128, 3, 2, 1, 1},  {images, 56, 56, 256, 512, 1, 2, 0, 1},
          {images, 28, 28, 128, 512, 1, 1, 0, 1},  {images, 28, 28, 512, 128, 1, 1, 0, 1},
          {images, 28, 28, 128, 128, 3, 1, 1, 1},  {images, 28, 28, 512, 256, 1, 1, 0, 1},
          {images, 28, 28, 256, 256, 3, 2, 1, 1},  {images, 28, 28, 512, 1024, 1, 2, 0, 1},
          {images, 14, 14, 256, 1024, 1, 1, 0, 1}, {images, 14, 14, 1024, 256, 1, 1, 0, 1},
          {images, 14, 14, 256, 256, 3, 1, 1, 1},  {images, 14, 14, 1024, 512, 1, 1, 0, 1},
          {images, 14, 14, 512, 512, 3, 2, 1, 1},  {images, 14, 14, 1024, 2048, 1, 2, 0, 1},
          {images, 7, 7, 512, 2048, 1, 1, 0, 1},   {images, 7, 7, 2048, 512, 1, 1, 0, 1},
          {images, 7, 7, 512, 512, 3, 1, 1, 1}};
}

/// The embedding of patches of ViT-B/16 (Dosovitskiy et al. 2020) on 256 images of 224 x 224.
inline ConvShapes vision_transformer_patches() { return {{256, 224, 224, 3, 768, 16, 16, 0, 1}}; }

/// All of them.
inline ConvShapes network_convolutions() {
  ConvShapes all;
  for (ConvShapes const& some : {mobilenet_v2_depthwise(), efficientnet_b0_depthwise(), cifar_speed_run(),
                                 resnet18_cifar(), resnet50(), vision_transformer_patches()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace heddle::bench
