// Training that does not wait for the device: what goes between it and the host, and when.
#include <gtest/gtest.h>

#include "ops/allocator.h"
#include "ops/copies.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/train/tiny.h"

namespace heddle::train {
namespace {

using testing::error_of;
using testing::flat_state;
using testing::tiny_images;
using testing::tiny_model;

constexpr i64 images = 80, batch_size = 8;  // 10 batches an epoch

Loader mixing_loader(Device device) {
  ImageSet const set = tiny_images(images);
  return Loader({set.images.to(device), set.labels.to(device)},
                {Tensor::full({1}, 0.4f, device), Tensor::full({1}, 0.2f, device)},
                {.batch_size = batch_size,
                 .augment = {.crop_padding = 1,
                             .flip = Flip::random,
                             .cutout = 1,
                             .colour = {.brightness = 0.2f, .contrast = 0.2f},
                             .affine = {.rotation = 5, .scale = 0.1f}},
                 .mix = {.mixup = 0.4f, .cutmix = 1, .probability = 0.75f},
                 .classes = 2,
                 .seed = 5});
}

Trainer make_trainer(Device device, std::shared_ptr<nn::Module> const& model, i64 log_every, i64 accumulation = 1) {
  model->to(device);
  return Trainer(model, mixing_loader(device), std::nullopt,
                 {.epochs = 2,
                  .accumulation = accumulation,
                  .label_smoothing = 0.1,
                  .clip_norm = 0.5,
                  .ema_decay = 0.9,
                  .log_every = log_every,
                  .optimizer = {.rule = OptimizerOptions::Rule::adamw, .weight_decay = 0.01},
                  .schedule = {.kind = ScheduleKind::cosine, .learning_rate = 0.01}});
}

struct Copies {
  i64 to_host = 0, to_device = 0;
  friend bool operator==(Copies const&, Copies const&) = default;
};

/// Of one step.
Copies copies_of_step(Trainer& trainer) {
  CopyStatistics const before = copy_statistics(Device::emulated);
  trainer.step();
  CopyStatistics const after = copy_statistics(Device::emulated);
  return {after.to_host - before.to_host, after.to_device - before.to_device};
}

TEST(Resident, AStepCopiesNothingBetweenHostAndDevice) {
  Trainer trainer = make_trainer(Device::emulated, tiny_model(3, 0.2f), /*log_every=*/4);
  ASSERT_EQ(trainer.steps_per_epoch(), 10);
  for (i64 step = 1; step <= 9; ++step) {
    // The order of an epoch and its labels go there once; figures and numbers of four steps come back together.
    Copies const expected = {.to_host = step % 4 == 0 ? 2 : 0, .to_device = step == 1 ? 2 : 0};
    EXPECT_EQ(copies_of_step(trainer), expected) << step;
  }
}

TEST(Resident, NorDoBatchesThatAddUp) {
  Trainer trainer = make_trainer(Device::emulated, tiny_model(), /*log_every=*/50, /*accumulation=*/2);
  trainer.step();
  for (i64 step = 2; step <= 4; ++step) EXPECT_EQ(copies_of_step(trainer), Copies{}) << step;
}

struct Trace {
  std::vector<double> figures;
  std::vector<f32> state;
  friend bool operator==(Trace const&, Trace const&) = default;
};

Trace train_to_the_end(Device device, i64 log_every) {
  auto const model = tiny_model(3, 0.2f);
  Trainer trainer = make_trainer(device, model, log_every);
  Trace trace;
  while (!trainer.finished()) {
    StepReport const report = trainer.step();
    for (StepMetrics const& step : report.steps)
      trace.figures.insert(trace.figures.end(), {static_cast<double>(step.step), static_cast<double>(step.epoch),
                                                 step.loss, step.accuracy, step.learning_rate, step.gradient_norm});
    if (report.epoch)
      trace.figures.insert(trace.figures.end(), {report.epoch->train_loss, report.epoch->train_accuracy});
  }
  trainer.use_best_weights();
  trace.state = flat_state(model->state());
  return trace;
}

TEST(Resident, HowOftenItIsReadChangesNothing) {
  Trace const each = train_to_the_end(Device::cpu, 1);
  EXPECT_EQ(each.figures.size(), 20u * 6 + 4);
  for (i64 const log_every : {3, 10, 1000}) EXPECT_TRUE(train_to_the_end(Device::cpu, log_every) == each) << log_every;
}

/// 500 units of f32 for each of 20 steps: sums differ in order alone, but AdamW divides by small moments.
TEST(Resident, MixedAndColouredBatchesTrainAlikeOnCpuAndEmulator) {
  Trace const cpu = train_to_the_end(Device::cpu, 5), emulated = train_to_the_end(Device::emulated, 5);
  EXPECT_TRUE(testing::within(emulated.figures, cpu.figures, testing::close_bound(1e-3, 1e-3)));
  EXPECT_TRUE(testing::within(emulated.state, cpu.state, testing::close_bound(1e-3, 1e-2)));
}

void set_parameter(nn::Module& model, std::string const& parameter, f32 value) {
  for (auto const& [name, tensor] : model.parameters())
    if (name == parameter) tensor.data<f32>()[0] = value;
}

TEST(Resident, AFailureIsFoundLateButNamesItsStepAndChangesNoWeight) {
  constexpr f32 infinity = std::numeric_limits<f32>::infinity();
  // An infinite weight makes gradients NaN; a bias of -infinity makes the loss infinite, but no gradient.
  for (auto const& [parameter, value] : {std::pair("head.weight", infinity), std::pair("head.bias", -infinity)}) {
    auto const model = tiny_model(3, 0.2f);
    Trainer trainer = make_trainer(Device::cpu, model, /*log_every=*/6);
    EXPECT_TRUE(trainer.step().steps.empty());
    EXPECT_TRUE(trainer.step().steps.empty());
    set_parameter(*model, parameter, value);
    auto const before = flat_state(model->parameters());
    for (int step = 3; step <= 5; ++step) EXPECT_TRUE(trainer.step().steps.empty());
    EXPECT_EQ(trainer.step().steps.size(), 2u) << "the steps before are reported";
    EXPECT_EQ(trainer.steps_done(), 2);
    EXPECT_FALSE(trainer.finished());
    for (int again = 0; again < 2; ++again) {
      std::string const error = error_of([&] { trainer.step(); });
      EXPECT_TRUE(error.starts_with(
          std::string("[train] step 3: the loss is not finite; first seen in the parameter ") + parameter))
          << error;
    }
    EXPECT_TRUE(testing::equal(flat_state(model->parameters()), before));
    EXPECT_NE(error_of([&] { trainer.checkpoint(); }).find("collect it first"), std::string::npos);
  }
}

/// The text of the error of the first step with so many bytes above what is held before it.
std::string error_with_memory(Trainer& trainer, std::size_t bytes) {
  release_kept_blocks(Device::emulated);
  set_memory_limit(Device::emulated, allocator_statistics(Device::emulated).reserved_bytes + bytes);
  std::string const error = error_of([&] { trainer.step(); });
  set_memory_limit(Device::emulated, 0);
  return error;
}

TEST(Resident, WithoutMemoryTheErrorNamesTensorHoldersAndABatchThatFits) {
  // Blocks have 512 bytes at least: an epoch's order, a batch and its results take some ten of them.
  bool forward = false, backward = false;
  for (std::size_t bytes = 0; bytes < 20480; bytes += 512) {
    auto const model = tiny_model();
    Trainer trainer = make_trainer(Device::emulated, model, 1);
    auto const before = flat_state(model->parameters());
    std::string const error = error_with_memory(trainer, bytes);
    if (error == "(no error)") break;
    EXPECT_TRUE(error.starts_with("[memory] no room for ")) << error;
    EXPECT_NE(error.find("emulated holds "), std::string::npos) << error;
    EXPECT_NE(error.find("optimizer "), std::string::npos) << error;
    forward |= error.find(" of 256 B in layer hidden (Linear): ") != std::string::npos;
    backward |= error.find(" in the backward pass of ") != std::string::npos;
    EXPECT_TRUE(testing::equal(flat_state(model->parameters()), before));
  }
  EXPECT_TRUE(forward);
  EXPECT_TRUE(backward);
}

TEST(Resident, TheBatchThatFitsFits) {
  // 512 images of 4 x 4 x 1: 32 KiB; its hidden units 16 KiB.
  ImageSet const set = tiny_images(512);
  auto const trainer_of = [&](i64 batch) {
    auto const model = tiny_model();
    model->to(Device::emulated);
    Loader loader({set.images.to(Device::emulated), set.labels.to(Device::emulated)},
                  {Tensor::full({1}, 0.4f, Device::emulated), Tensor::full({1}, 0.2f, Device::emulated)},
                  {.batch_size = batch});
    return Trainer(model, std::move(loader), std::nullopt, {});
  };
  constexpr std::size_t room = 64 << 10;
  Trainer large = trainer_of(512);
  std::string const error = error_with_memory(large, room);
  std::size_t const at = error.find("; a batch of ");
  ASSERT_NE(at, std::string::npos) << error;
  i64 const fitting = std::stoll(error.substr(at + 13));
  EXPECT_LT(fitting, 512);
  EXPECT_GE(fitting, 128);
  Trainer small = trainer_of(fitting);
  EXPECT_EQ(error_with_memory(small, room), "(no error)");
}

TEST(Resident, ACheckpointWaitsForWhatWasMeasured) {
  Trainer trainer = make_trainer(Device::cpu, tiny_model(), /*log_every=*/6);
  trainer.step();
  EXPECT_NE(error_of([&] { trainer.checkpoint(); }).find("up to step 1: collect it first"), std::string::npos);
  EXPECT_EQ(trainer.collect().size(), 1u);
  EXPECT_TRUE(trainer.collect().empty());
  EXPECT_EQ(trainer.checkpoint().integer("step"), 1);
}

}  // namespace
}  // namespace heddle::train
