#include "nn/models/lenet.h"

#include <algorithm>

#include "nn/activation.h"
#include "nn/conv2d.h"
#include "nn/flatten.h"
#include "nn/linear.h"
#include "nn/pooling.h"
#include "nn/sequential.h"

namespace heddle::nn {

std::shared_ptr<Module> make_lenet5(ImageShape const& image, i64 classes, Generator& generator) {
  check_image("lenet5", image, 12, classes);
  i64 const padding = std::min(image.h, image.w) < 32 ? 2 : 0;
  auto const size_before_flatten = [padding](i64 size) { return ((size + 2 * padding - 4) / 2 - 4) / 2; };
  i64 const features = 16 * size_before_flatten(image.h) * size_before_flatten(image.w);
  auto const relu = [] { return std::make_shared<Activate>(Activation::relu); };

  auto model = std::make_shared<Sequential>();
  model->add("conv1", std::make_shared<Conv2d>(image.c, 6, 5, generator, ConvOptions{.padding = padding}))
      .add("relu1", relu())
      .add("pool1", std::make_shared<MaxPool2d>(2))
      .add("conv2", std::make_shared<Conv2d>(6, 16, 5, generator))
      .add("relu2", relu())
      .add("pool2", std::make_shared<MaxPool2d>(2))
      .add("flatten", std::make_shared<Flatten>())
      .add("fc1", std::make_shared<Linear>(features, 120, generator))
      .add("relu3", relu())
      .add("fc2", std::make_shared<Linear>(120, 84, generator))
      .add("relu4", relu())
      .add("fc3", std::make_shared<Linear>(84, classes, generator));
  return model;
}

}  // namespace heddle::nn
