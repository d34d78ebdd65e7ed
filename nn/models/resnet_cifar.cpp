#include "nn/models/resnet_cifar.h"

#include "nn/models/resnet.h"

namespace heddle::nn {

std::shared_ptr<Module> make_resnet_cifar(i64 layers, ImageShape const& image, i64 classes, Generator& generator) {
  check(layers >= 8 && layers % 6 == 2, "[resnet] layers must be 6n + 2 with n >= 1: ", layers);
  check_image("resnet", image, 1, classes);
  i64 const n = (layers - 2) / 6;
  return std::make_shared<ResNet>(ResNetConfig{.width = 16, .blocks = {n, n, n}}, image.c, classes, generator);
}

}  // namespace heddle::nn
