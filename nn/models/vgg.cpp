#include "nn/models/vgg.h"

#include "nn/activation.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/init.h"
#include "nn/linear.h"
#include "nn/pooling.h"
#include "nn/sequential.h"

namespace heddle::nn {

std::shared_ptr<Module> make_vgg_small(ImageShape const& image, i64 classes, Generator& generator) {
  check_image("vgg-small", image, 8, classes);
  auto features = std::make_shared<Sequential>();
  i64 c = image.c;
  for (i64 const width : {32, 64, 128}) {
    for (int i = 0; i < 2; ++i) {
      features->add(std::make_shared<Conv2d>(c, width, 3, generator, ConvOptions{.padding = 1, .bias = false}))
          .add(std::make_shared<BatchNorm2d>(width))
          .add(std::make_shared<Activate>(Activation::relu));
      c = width;
    }
    features->add(std::make_shared<MaxPool2d>(2));
  }
  auto model = std::make_shared<Sequential>();
  model->add("features", features)
      .add("avgpool", std::make_shared<GlobalAveragePool>())
      .add("classifier", std::make_shared<Linear>(c, classes, generator));
  reset_filters(*model, generator);
  return model;
}

}  // namespace heddle::nn
