// A network of every kind of layer, trained on the emulated device as on the CPU: the kernels, through their real
// launchers, in one step of training after the other.
#include <gtest/gtest.h>

#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/drop_connect.h"
#include "nn/group_norm.h"
#include "nn/instance_norm.h"
#include "nn/layer_norm.h"
#include "nn/pooling.h"
#include "nn/residual.h"
#include "nn/rms_norm.h"
#include "ops/tf32.h"
#include "tests/support/compare.h"
#include "tests/train/tiny.h"
#include "train/precision.h"

namespace heddle::testing {
namespace {

/// x [n, 4, 4, 1] -> two classes.
std::shared_ptr<nn::Module> every_layer() {
  Generator generator = {.seed = 11};
  auto model = std::make_shared<nn::Sequential>();
  model->add(std::make_shared<nn::Conv2d>(1, 8, 3, generator, nn::ConvOptions{.padding = 1, .bias = false}))
      .add(std::make_shared<nn::BatchNorm2d>(8))
      .add(std::make_shared<nn::Activate>(Activation::relu))
      .add(std::make_shared<nn::Conv2d>(8, 8, 3, generator, nn::ConvOptions{.padding = 1, .groups = 8, .bias = false}))
      .add(std::make_shared<nn::GroupNorm>(2, 8))
      .add(std::make_shared<nn::Activate>(Activation::silu))
      .add(std::make_shared<nn::InstanceNorm2d>(8, /*affine=*/true))
      .add(std::make_shared<nn::BasicBlock>(8, 16, 2, generator))
      .add(std::make_shared<nn::MaxPool2d>(2, 1, 1))
      .add(std::make_shared<nn::Bottleneck>(16, 4, 1, generator))
      .add(std::make_shared<nn::AveragePool2d>(2, 1))
      .add(std::make_shared<nn::AdaptiveAveragePool2d>(2, 2))
      .add(std::make_shared<nn::LayerNorm>(16))
      .add(std::make_shared<nn::GlobalAveragePool>())
      .add(std::make_shared<nn::RmsNorm>(16))
      .add(std::make_shared<nn::Dropout>(0.2f, generator))
      .add(std::make_shared<nn::DropConnect>(16, 12, 0.1f, generator))
      .add(std::make_shared<nn::Activate>(Activation::gelu_tanh))
      .add(std::make_shared<nn::Linear>(12, 2, generator));
  return model;
}

struct Trained {
  std::vector<f32> losses, gradient_norms, state;
};

Trained train_on(Device device, train::OptimizerOptions::Rule rule, train::Precision const& precision = {}) {
  auto const on_device = [&](train::ImageSet const& set) {
    return train::ImageSet{set.images.to(device), set.labels.to(device)};
  };
  ops::Normalization const normalization = {Tensor::full({1}, 0.4f, device), Tensor::full({1}, 0.2f, device)};
  auto const loader = [&](i64 count, u64 seed, train::LoaderOptions const& options) {
    return train::Loader(on_device(tiny_images(count, seed)), normalization, options);
  };
  auto const model = every_layer();
  model->to(device);
  model->compute_in(precision.type);
  ops::Tf32Products const tf32(precision.tf32);
  train::Trainer trainer(model,
                         loader(24, 1,
                                {.batch_size = 8,
                                 .shuffle = true,
                                 .drop_last = true,
                                 .augment = {.crop_padding = 1, .flip = Flip::random, .cutout = 1},
                                 .seed = 5,
                                 .type = precision.type}),
                         loader(8, 2, {.batch_size = 8, .type = precision.type}),
                         {.epochs = 1,
                          .label_smoothing = 0.1,
                          .clip_norm = 1,
                          .ema_decay = 0.9,
                          .loss_scale = precision.loss_scale,
                          .optimizer = {.rule = rule, .weight_decay = 0.01, .epsilon = 0.01},
                          .schedule = {.learning_rate = 0.05}});
  Trained trained;
  while (!trainer.finished()) {
    train::StepReport const report = trainer.step();
    trained.losses.push_back(static_cast<f32>(report.step.loss));
    trained.gradient_norms.push_back(static_cast<f32>(report.step.gradient_norm));
    if (report.epoch) trained.losses.push_back(static_cast<f32>(report.epoch->validation_loss));
  }
  trained.state = flat_state(model->state());
  return trained;
}

class DevicesAgree : public ::testing::TestWithParam<train::OptimizerOptions::Rule> {};

/// Every sum may be off by some hundred units of f32; a step of training multiplies what went before by less than ten.
/// AdamW's epsilon is large, since it divides a gradient near 0, which is such errors alone, by their own size.
TEST_P(DevicesAgree, OnThreeStepsOfTraining) {
  Trained const cpu = train_on(Device::cpu, GetParam()), emulated = train_on(Device::emulated, GetParam());
  EXPECT_TRUE(within(emulated.losses, cpu.losses, close_bound(1e-4, 0)));
  EXPECT_TRUE(within(emulated.gradient_norms, cpu.gradient_norms, close_bound(1e-3, 0)));
  EXPECT_TRUE(within(emulated.state, cpu.state, close_bound(1e-3, 1e-4)));
}

struct PrecisionCase {
  char const* name;
  double unit;  // roundoff
};

class PrecisionsAgree : public ::testing::TestWithParam<PrecisionCase> {};

/// On its longest way an image is rounded 29 times: once itself and once behind each layer but relu and maximum, twice
/// behind the linear maps, whose product and sum are. 10 rounded weights come in. To first order, where a layer passes
/// on a relative error as large as it came, the loss is off by 39 units (Higham, "Accuracy and stability of numerical
/// algorithms", 3.1), and the gradients, which go back the same way by what is off as much, by twice that. Steps of
/// 0.05 times a gradient of norm 1 carry a twentieth of it on.
TEST_P(PrecisionsAgree, WithTheCpuInF32OnThreeStepsOfTraining) {
  auto const rule = train::OptimizerOptions::Rule::sgd;
  double const bound = 39 * GetParam().unit;
  Trained const wide = train_on(Device::cpu, rule);
  Trained const narrow = train_on(Device::emulated, rule, train::precision_from_name(GetParam().name));
  EXPECT_TRUE(within(narrow.losses, wide.losses, close_bound(bound, 0)));
  EXPECT_TRUE(within(narrow.gradient_norms, wide.gradient_norms, close_bound(2 * bound, 0)));
  EXPECT_FALSE(equal(narrow.gradient_norms, wide.gradient_norms)) << "it did not compute in " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Types, PrecisionsAgree,
                         ::testing::Values(PrecisionCase{"f16", unit_roundoff<f16>},
                                           PrecisionCase{"bf16", unit_roundoff<bf16>}, PrecisionCase{"tf32", 0x1p-11}),
                         [](auto const& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Rules, DevicesAgree,
                         ::testing::Values(train::OptimizerOptions::Rule::sgd, train::OptimizerOptions::Rule::adamw),
                         [](auto const& test) {
                           return test.param == train::OptimizerOptions::Rule::sgd ? "sgd" : "adamw";
                         });

}  // namespace
}  // namespace heddle::testing
