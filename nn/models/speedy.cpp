#include "nn/models/speedy.h"

#include "nn/activation.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/init.h"
#include "nn/linear.h"
#include "nn/pooling.h"
#include "nn/sequential.h"
#include "ops/elementwise.h"

namespace heddle::nn {
namespace {

std::shared_ptr<Conv2d> conv3x3(i64 c, i64 k, Generator& generator) {
  return std::make_shared<Conv2d>(c, k, 3, generator, ConvOptions{.padding = 1, .bias = false});
}

std::shared_ptr<Sequential> pooled_stage(i64 c, i64 k, Generator& generator) {
  auto stage = std::make_shared<Sequential>();
  stage->add("conv", conv3x3(c, k, generator))
      .add("pool", std::make_shared<MaxPool2d>(2))
      .add("bn", std::make_shared<BatchNorm2d>(k))
      .add("relu", std::make_shared<Activate>(Activation::relu));
  return stage;
}

/// y = x + relu(bn(conv(x))).
class ResidualConv final : public Module {
 public:
  ResidualConv(i64 c, Generator& generator)
      : conv_(add_module("conv", conv3x3(c, c, generator))), bn_(add_module("bn", std::make_shared<BatchNorm2d>(c))) {}

  std::string_view kind() const override { return "ResidualConv"; }

 protected:
  Tensor forward(Tensor const& x) override { return ops::add(x, ops::activate((*bn_)((*conv_)(x)), Activation::relu)); }

 private:
  std::shared_ptr<Conv2d> conv_;
  std::shared_ptr<BatchNorm2d> bn_;
};

}  // namespace

std::shared_ptr<Module> make_speedy(ImageShape const& image, i64 classes, Generator& generator) {
  check_image("speedy", image, 8, classes);
  auto model = std::make_shared<Sequential>();
  model->add("stage1", pooled_stage(image.c, 24, generator))
      .add("stage2", pooled_stage(24, 40, generator))
      .add("stage3", pooled_stage(40, 80, generator))
      .add("residual", std::make_shared<ResidualConv>(80, generator))
      .add("avgpool", std::make_shared<GlobalAveragePool>())
      .add("fc", std::make_shared<Linear>(80, classes, generator));
  reset_filters(*model, generator);
  return model;
}

}  // namespace heddle::nn
