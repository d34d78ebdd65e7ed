// The thin residual networks that He et al. 2015 (section 4.2) trained on CIFAR-10.
#pragma once

#include <memory>

#include "nn/models/image_shape.h"
#include "nn/module.h"
#include "ops/generator.h"

namespace heddle::nn {

/// 6n + 2 layers: three stages of n basic blocks, 16, 32 and 64 channels wide. Shortcuts that change the shape are
/// projections, where the paper pads with zeros (option A): 2,752 parameters more. Throws an Error for other depths.
std::shared_ptr<Module> make_resnet_cifar(i64 layers, ImageShape const& image, i64 classes, Generator& generator);

}  // namespace heddle::nn
