#include "nn/models/registry.h"

#include <array>

#include "kernels/core/error.h"
#include "nn/models/lenet.h"
#include "nn/models/resnet.h"
#include "nn/models/resnet_cifar.h"
#include "nn/models/speedy.h"
#include "nn/models/vgg.h"

namespace heddle::nn {
namespace {

using ModelFn = std::shared_ptr<Module>(ImageShape const&, i64 classes, Generator&);

template <i64 layers>
std::shared_ptr<Module> resnet_cifar(ImageShape const& image, i64 classes, Generator& generator) {
  return make_resnet_cifar(layers, image, classes, generator);
}

template <i64 layers>
std::shared_ptr<Module> resnet(ImageShape const& image, i64 classes, Generator& generator) {
  return make_resnet(layers, image, classes, generator);
}

struct Entry {
  std::string_view name;
  ModelFn* make;
};

constexpr std::array models = {
    Entry{"speedy", make_speedy},          Entry{"lenet5", make_lenet5},        Entry{"vgg-small", make_vgg_small},
    Entry{"resnet8", resnet_cifar<8>},     Entry{"resnet14", resnet_cifar<14>}, Entry{"resnet20", resnet_cifar<20>},
    Entry{"resnet32", resnet_cifar<32>},   Entry{"resnet44", resnet_cifar<44>}, Entry{"resnet56", resnet_cifar<56>},
    Entry{"resnet110", resnet_cifar<110>}, Entry{"resnet18", resnet<18>},       Entry{"resnet34", resnet<34>},
    Entry{"resnet50", resnet<50>}};

}  // namespace

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (Entry const& entry : models) names.emplace_back(entry.name);
  return names;
}

std::shared_ptr<Module> make_model(std::string_view name, ImageShape const& image, i64 classes, Generator& generator) {
  for (Entry const& entry : models)
    if (entry.name == name) return entry.make(image, classes, generator);
  std::string known;
  for (Entry const& entry : models) known += " " + std::string(entry.name);
  fail("[model] unknown name \"", name, "\"; there are:", known);
}

}  // namespace heddle::nn
