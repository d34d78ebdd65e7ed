// A plain network of 3x3 convolutions (after Simonyan, Zisserman 2014), narrow, for images of about 32 pixels.
#pragma once

#include <memory>

#include "nn/models/image_shape.h"
#include "nn/module.h"
#include "ops/generator.h"

namespace heddle::nn {

/// Three stages of two convolutions with batch normalisation, 32, 64 and 128 channels wide, a max pooling after each,
/// then the mean over all positions and a linear map. Images of at least 8 pixels.
std::shared_ptr<Module> make_vgg_small(ImageShape const& image, i64 classes, Generator& generator);

}  // namespace heddle::nn
