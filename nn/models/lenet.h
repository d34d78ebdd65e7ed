// LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998), with ReLU and max pooling in place of tanh and subsampling.
#pragma once

#include <memory>

#include "nn/models/image_shape.h"
#include "nn/module.h"
#include "ops/generator.h"

namespace heddle::nn {

/// Images below 32 pixels are padded by two on each side, as the paper does; at least 12 pixels.
std::shared_ptr<Module> make_lenet5(ImageShape const& image, i64 classes, Generator& generator);

}  // namespace heddle::nn
