// Training in half precision: copies that follow their parameters, and steps that are skipped because a gradient
// overflowed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ops/elementwise.h"
#include "tests/nn/temporary_folder.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/train/tiny.h"
#include "train/precision.h"

namespace heddle::train {
namespace {

using testing::error_of;
using testing::flat_state;
using testing::TemporaryFolder;
using testing::tiny_images;

std::shared_ptr<nn::Module> half_model(DType type = DType::f16, u64 seed = 3) {
  auto const model = testing::tiny_model(seed);
  model->compute_in(type);
  return model;
}

Trainer half_trainer(TrainerOptions const& options, std::shared_ptr<nn::Module> const& model) {
  auto const loader = [&](i64 count, u64 seed) {
    return Loader(tiny_images(count, seed), {Tensor::full({1}, 0.4f), Tensor::full({1}, 0.2f)},
                  {.batch_size = 8, .seed = 5, .type = model->compute_type()});
  };
  return Trainer(model, loader(40, 1), loader(16, 2), options);
}

/// Gradients of the logits are about 1 / 16, and 65504 is the largest f16.
constexpr LossScaleOptions overflows_at_first = {.first = 0x1p20f, .growth_steps = 3};

TrainerOptions everything_on(OptimizerOptions::Rule rule) {
  return {.epochs = 3,
          .accumulation = 1,
          .clip_norm = 0.5,
          .ema_decay = 0.8,
          .loss_scale = overflows_at_first,
          .optimizer = {.rule = rule, .weight_decay = 0.01, .nesterov = true},
          .schedule = {.kind = ScheduleKind::one_cycle, .learning_rate = 0.2, .warmup_steps = 2}};
}

void expect_rounded_copies(nn::Module const& model) {
  auto const parameters = model.parameters();
  auto const copies = model.copies();
  for (std::size_t i = 0; i < copies.size(); ++i) {
    ASSERT_TRUE(copies[i].defined());
    EXPECT_TRUE(
        testing::equal(ops::cast(copies[i], DType::f32).to_vector<f32>(),
                       ops::cast(ops::cast(parameters[i].tensor, model.compute_type()), DType::f32).to_vector<f32>()))
        << parameters[i].name;
  }
}

std::string bytes_of(Trainer const& trainer, TemporaryFolder const& folder) {
  trainer.checkpoint().write(folder / "bytes.ckpt");
  return testing::read_file(folder / "bytes.ckpt");
}

/// What a step may change besides the counts: model, moments, average.
std::vector<f32> learned(Trainer const& trainer) {
  TemporaryFolder const folder;
  trainer.checkpoint().write(folder / "a.ckpt");
  return flat_state(nn::read_safetensors(folder / "a.ckpt").tensors);
}

TEST(LossScaleTraining, SkippedStepsChangeNothingAndTheScheduleWaits) {
  for (auto const rule : {OptimizerOptions::Rule::sgd, OptimizerOptions::Rule::adamw}) {
    TrainerOptions const options = everything_on(rule);
    auto const model = half_model();
    Trainer trainer = half_trainer(options, model);
    f32 scale = overflows_at_first.first;
    i64 updates = 0, skipped = 0, in_a_row = 0;
    while (!trainer.finished()) {
      bool const ends_epoch = (trainer.steps_done() + 1) % trainer.steps_per_epoch() == 0;
      auto const before = learned(trainer);
      StepReport const report = trainer.step();
      StepMetrics const& step = report.step;
      EXPECT_EQ(step.step, updates + skipped + 1) << "batches go on";
      EXPECT_EQ(step.learning_rate, learning_rate(options.schedule, updates, trainer.total_steps()));
      EXPECT_EQ(std::isfinite(step.gradient_norm), !step.skipped);
      EXPECT_TRUE(std::isfinite(step.loss));
      if (step.skipped) {
        EXPECT_TRUE(ends_epoch || testing::equal(learned(trainer), before));
        scale /= 2;
        in_a_row = 0;
        ++skipped;
      } else {
        EXPECT_FALSE(testing::equal(learned(trainer), before));
        if (++in_a_row % overflows_at_first.growth_steps == 0) scale *= 2;
        ++updates;
      }
      EXPECT_EQ(step.loss_scale, scale);
      expect_rounded_copies(*model);
    }
    EXPECT_GE(skipped, 3) << "at 2^20, and again when it has grown";
    EXPECT_GE(updates, 8);
  }
}

TEST(LossScaleTraining, AnEpochCountsItsSkippedSteps) {
  Trainer trainer = half_trainer(everything_on(OptimizerOptions::Rule::sgd), half_model());
  double loss = 0;
  i64 skipped = 0, steps = 0;
  for (StepReport report; !report.epoch;) {
    report = trainer.step();
    skipped += report.step.skipped;
    if (!report.step.skipped) loss += report.step.loss;
    ++steps;
    if (!report.epoch) continue;
    ASSERT_GT(skipped, 0);
    EXPECT_EQ(report.epoch->skipped_steps, skipped);
    EXPECT_NEAR(report.epoch->train_loss, loss / static_cast<double>(steps - skipped), 1e-12);
  }
}

TEST(LossScaleTraining, ResumedItEndsWithTheSameBits) {
  TemporaryFolder const folder;
  for (auto const rule : {OptimizerOptions::Rule::sgd, OptimizerOptions::Rule::adamw}) {
    TrainerOptions const options = everything_on(rule);
    Trainer whole = half_trainer(options, half_model());
    std::vector<std::filesystem::path> checkpoints;
    while (!whole.finished()) {
      if (whole.steps_done() % 3 == 1) {
        checkpoints.push_back(folder / (std::to_string(whole.steps_done()) + ".ckpt"));
        whole.checkpoint().write(checkpoints.back());
      }
      whole.step();
    }
    std::string const end = bytes_of(whole, folder);
    for (auto const& path : checkpoints) {
      auto const model = half_model(DType::f16, /*seed=*/99);
      Trainer resumed = half_trainer(options, model);
      resumed.restore(Checkpoint::read(path));
      expect_rounded_copies(*model);
      while (!resumed.finished()) resumed.step();
      EXPECT_TRUE(bytes_of(resumed, folder) == end) << path;
    }
  }
}

TEST(LossScaleTraining, EndsAtTheFloorWithTheNameOfTheLayer) {
  auto const model = half_model();
  Trainer trainer = half_trainer({.epochs = 9, .loss_scale = {.first = 4, .growth_steps = 3}}, model);
  for (auto const& [name, tensor] : model->parameters())
    if (name == "hidden.weight") std::fill_n(tensor.data<f32>(), tensor.count(), 6e4f);
  model->update_copies();
  auto const before = flat_state(model->parameters());
  EXPECT_TRUE(trainer.step().step.skipped);  // at 4
  EXPECT_TRUE(trainer.step().step.skipped);  // at 2
  EXPECT_TRUE(error_of([&] {
                trainer.step();
              }).starts_with("[train] step 3: the loss is not finite; first seen in layer hidden (Linear)"));
  EXPECT_TRUE(testing::equal(flat_state(model->parameters()), before));
}

TEST(LossScaleTraining, BestAndAveragedWeightsReachTheCopies) {
  for (i64 const held_out : {0, 16}) {
    auto const model = half_model(DType::bf16);
    auto const loader = [&](i64 count) {
      return Loader(tiny_images(count), {Tensor::full({1}, 0.4f), Tensor::full({1}, 0.2f)},
                    {.batch_size = 8, .type = DType::bf16});
    };
    std::optional<Loader> validation;
    if (held_out > 0) validation = loader(held_out);
    Trainer trainer(model, loader(40), std::move(validation), {.epochs = 2, .ema_decay = 0.5});
    while (!trainer.finished()) {
      trainer.step();
      expect_rounded_copies(*model);
    }
    auto const last = flat_state(model->parameters());
    trainer.use_best_weights();
    EXPECT_FALSE(testing::equal(flat_state(model->parameters()), last));
    expect_rounded_copies(*model);
  }
}

TEST(LossScaleTraining, LearnsTheTaskInEveryType) {
  for (char const* const name : {"f32", "bf16", "f16"}) {
    Precision const precision = precision_from_name(name);
    auto const model = half_model(precision.type);
    Trainer trainer =
        half_trainer({.epochs = 30, .loss_scale = precision.loss_scale, .schedule = {.learning_rate = 0.1}}, model);
    StepReport last;
    while (!trainer.finished()) last = trainer.step();
    EXPECT_GT(last.epoch->validation_accuracy, 0.85) << name;
  }
}

TEST(Precision, HasANameForEachFormat) {
  EXPECT_EQ(precision_from_name("f32").type, DType::f32);
  EXPECT_FALSE(precision_from_name("f32").tf32);
  EXPECT_TRUE(precision_from_name("tf32").tf32);
  EXPECT_EQ(precision_from_name("tf32").type, DType::f32);
  EXPECT_EQ(precision_from_name("bf16").type, DType::bf16);
  EXPECT_EQ(precision_from_name("bf16").loss_scale.first, 1);
  EXPECT_EQ(precision_from_name("f16").type, DType::f16);
  EXPECT_EQ(precision_from_name("f16").loss_scale.first, 65536);
  EXPECT_EQ(precision_from_name("f16").loss_scale.growth_steps, 2000);
  EXPECT_EQ(error_of([] { precision_from_name("f8"); }), "[precision] must be one of f32, tf32, bf16, f16: f8");
}

}  // namespace
}  // namespace heddle::train
