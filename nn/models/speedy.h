// A small network that learns images of about 32 pixels within minutes on two processor cores.
#pragma once

#include <memory>

#include "nn/models/image_shape.h"
#include "nn/module.h"
#include "ops/generator.h"

namespace heddle::nn {

/// Three dense 3x3 convolutions, each pooled before its batch normalisation so that little is left to normalise, one
/// residual 3x3 convolution on 4x4 positions, the mean over all positions and a linear map: 5.6 million multiply-adds
/// for a 32x32x3 image. Images of at least 8 pixels.
std::shared_ptr<Module> make_speedy(ImageShape const& image, i64 classes, Generator& generator);

}  // namespace heddle::nn
