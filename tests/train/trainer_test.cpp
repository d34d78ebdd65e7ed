#include "train/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/nn/temporary_folder.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/train/tiny.h"

namespace heddle::train {
namespace {

using testing::error_of;
using testing::flat_state;
using testing::TemporaryFolder;
using testing::tiny_images;
using testing::tiny_loader;
using testing::tiny_model;

TrainerOptions everything_on() {
  return {.epochs = 3,
          .accumulation = 2,
          .label_smoothing = 0.1,
          .clip_norm = 0.5,
          .ema_decay = 0.8,
          .patience = 3,
          .optimizer = {.weight_decay = 0.01, .momentum = 0.9, .nesterov = true},
          .schedule = {.kind = ScheduleKind::one_cycle, .learning_rate = 0.2, .warmup_steps = 2}};
}

Trainer make_trainer(TrainerOptions const& options, std::shared_ptr<nn::Module> const& model, i64 batch_size = 8) {
  return Trainer(model, tiny_loader(tiny_images(80), batch_size),
                 tiny_loader(tiny_images(30, 2), 16, /*training=*/false), options);
}

/// Everything that two runs must agree in, bit for bit.
struct Trace {
  std::vector<StepMetrics> steps;
  std::vector<EpochMetrics> epochs;

  void add(StepReport const& report) {
    steps.insert(steps.end(), report.steps.begin(), report.steps.end());
    if (report.epoch) epochs.push_back(*report.epoch);
  }
  friend bool operator==(Trace const& a, Trace const& b) {
    auto const same_step = [](StepMetrics const& x, StepMetrics const& y) {
      return x.step == y.step && x.epoch == y.epoch && x.loss == y.loss && x.accuracy == y.accuracy &&
             x.learning_rate == y.learning_rate && x.gradient_norm == y.gradient_norm;
    };
    auto const same_epoch = [](EpochMetrics const& x, EpochMetrics const& y) {
      return x.epoch == y.epoch && x.step == y.step && x.train_loss == y.train_loss &&
             x.train_accuracy == y.train_accuracy && x.validation_loss == y.validation_loss &&
             x.validation_accuracy == y.validation_accuracy;
    };
    return std::ranges::equal(a.steps, b.steps, same_step) && std::ranges::equal(a.epochs, b.epochs, same_epoch);
  }
};

TEST(Trainer, LearnsTheTask) {
  auto const model = tiny_model();
  Trainer trainer = make_trainer({.epochs = 15, .schedule = {.learning_rate = 0.1}}, model);
  StepReport last;
  while (!trainer.finished()) last = trainer.step();
  ASSERT_TRUE(last.epoch);
  EXPECT_EQ(last.epoch->epoch, 15);
  EXPECT_GT(last.epoch->validation_accuracy, 0.85);  // one label in sixteen is wrong
  EXPECT_NE(error_of([&] { trainer.step(); }).find("[trainer] training has ended after step 150"), std::string::npos);
}

void expect_resumes_with_the_same_bits(f32 dropout_rate) {
  TemporaryFolder const folder;
  for (auto const rule : {OptimizerOptions::Rule::sgd, OptimizerOptions::Rule::adamw}) {
    TrainerOptions options = everything_on();
    options.optimizer.rule = rule;
    auto const model = tiny_model(/*seed=*/3, dropout_rate);
    Trainer trainer = make_trainer(options, model);
    Trace whole;
    std::vector<std::filesystem::path> checkpoints;
    while (!trainer.finished()) {
      checkpoints.push_back(folder / (std::to_string(trainer.steps_done()) + ".ckpt"));
      trainer.checkpoint().write(checkpoints.back());
      whole.add(trainer.step());
    }
    std::filesystem::path const end = folder / "end.ckpt", resumed_end = folder / "resumed.ckpt";
    trainer.checkpoint().write(end);
    trainer.use_best_weights();
    ASSERT_EQ(whole.steps.size(), 15u);
    ASSERT_EQ(whole.epochs.size(), 3u);

    for (std::size_t start = 0; start < checkpoints.size(); ++start) {
      auto const resumed_model = tiny_model(/*seed=*/99, dropout_rate);
      Trainer resumed = make_trainer(options, resumed_model);
      resumed.restore(Checkpoint::read(checkpoints[start]));
      Trace rest = {.steps = {whole.steps.begin(), whole.steps.begin() + static_cast<std::ptrdiff_t>(start)},
                    .epochs = {whole.epochs.begin(), whole.epochs.begin() + static_cast<std::ptrdiff_t>(start / 5)}};
      while (!resumed.finished()) rest.add(resumed.step());
      EXPECT_TRUE(rest == whole) << "from step " << start;
      resumed.checkpoint().write(resumed_end);
      EXPECT_EQ(testing::read_file(resumed_end), testing::read_file(end)) << "from step " << start;
      resumed.use_best_weights();
      EXPECT_TRUE(testing::equal(flat_state(resumed_model->state()), flat_state(model->state())));
    }
  }
}

TEST(Trainer, ResumedAtAnyStepItEndsWithTheSameBits) { expect_resumes_with_the_same_bits(0); }

TEST(Trainer, ResumedWithDropoutItEndsWithTheSameBits) { expect_resumes_with_the_same_bits(0.3f); }

TEST(Trainer, AccumulatedBatchesMakeTheStepOfOneLargeBatch) {
  auto const small = tiny_model(), large = tiny_model();
  TrainerOptions options = {.epochs = 2, .optimizer = {.weight_decay = 0.01}, .schedule = {.learning_rate = 0.1}};
  Trainer one = make_trainer(options, large, 16);
  options.accumulation = 4;
  Trainer four = make_trainer(options, small, 4);
  while (!one.finished()) {
    StepMetrics const a = one.step().steps.back(), b = four.step().steps.back();
    EXPECT_NEAR(a.loss, b.loss, 1e-5);
    EXPECT_EQ(a.accuracy, b.accuracy);
  }
  EXPECT_TRUE(four.finished());
  // Ten steps of gradients of about 1, whose sums differ in order alone: well below 1000 roundings of 2^-24.
  EXPECT_TRUE(
      testing::within(flat_state(small->state()), flat_state(large->state()), testing::close_bound(0, 1000 * 0x1p-24)));
}

TEST(Trainer, ClipsTheUpdateAndReportsTheNormBefore) {
  auto const clipped_model = tiny_model(), free_model = tiny_model();
  TrainerOptions options = {.optimizer = {.momentum = 0}, .schedule = {.learning_rate = 0.5}};
  double const norm = make_trainer(options, free_model).step().steps.back().gradient_norm;
  ASSERT_GT(norm, 0.01);

  options.clip_norm = norm / 4;
  auto const before = flat_state(clipped_model->parameters());
  Trainer trainer = make_trainer(options, clipped_model);
  EXPECT_EQ(trainer.step().steps.back().gradient_norm, norm);
  auto const after = flat_state(clipped_model->parameters());
  double moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) moved += std::pow(after[i] - before[i], 2);
  EXPECT_NEAR(std::sqrt(moved), 0.5 * norm / 4, 1e-5 * norm);
}

TEST(Trainer, EvaluatesAndKeepsTheAveragedWeights) {
  auto const model = tiny_model();
  TrainerOptions const options = {.epochs = 1, .ema_decay = 0.3, .schedule = {.learning_rate = 0.3}};
  Trainer trainer = make_trainer(options, model, 20);
  auto average = flat_state(model->parameters());
  StepReport report;
  for (int n = 1; n <= 4; ++n) {
    report = trainer.step();
    double const decay = std::min(0.3, n / (n + 9.0));
    auto const now = flat_state(model->parameters());
    for (std::size_t i = 0; i < now.size(); ++i)
      average[i] = static_cast<f32>(decay * average[i] + (1 - decay) * now[i]);
  }
  auto const raw = flat_state(model->parameters());
  trainer.use_best_weights();
  auto const kept = flat_state(model->parameters());
  EXPECT_TRUE(testing::within(kept, average, testing::close_bound(1e-6, 1e-6)));
  EXPECT_FALSE(testing::within(kept, raw, testing::close_bound(1e-6, 1e-6))) << "these are the raw weights";

  Loader validation = tiny_loader(tiny_images(30, 2), 16, false);
  EXPECT_EQ(evaluate(*model, validation).loss, report.epoch->validation_loss);
}

TEST(Trainer, StopsWhenPatienceEndsAndKeepsTheBestWeights) {
  auto const model = tiny_model();
  // Steps too small to change a weight: no epoch is better than the first.
  TrainerOptions const options = {.epochs = 9, .patience = 2, .schedule = {.learning_rate = 1e-30}};
  Trainer trainer = make_trainer(options, model);
  while (!trainer.finished()) trainer.step();
  EXPECT_EQ(trainer.steps_done(), 3 * trainer.steps_per_epoch());
  EXPECT_EQ(trainer.best_epoch(), 1);
}

TEST(Trainer, WithoutValidationTheLastWeightsAreTheBest) {
  auto const model = tiny_model();
  Trainer trainer(model, tiny_loader(tiny_images(80), 8), std::nullopt, {.epochs = 2});
  StepReport last;
  while (!trainer.finished()) last = trainer.step();
  EXPECT_TRUE(std::isnan(last.epoch->validation_loss) && std::isnan(last.epoch->validation_accuracy));
  auto const weights = flat_state(model->state());
  trainer.use_best_weights();
  EXPECT_TRUE(testing::equal(flat_state(model->state()), weights));
  EXPECT_EQ(trainer.best_epoch(), 0);
}

TEST(Trainer, ANotFiniteParameterIsNamed) {
  auto const model = tiny_model();
  Trainer trainer = make_trainer({}, model);
  trainer.step();
  for (auto const& [name, tensor] : model->parameters())
    if (name == "head.bias") tensor.data<f32>()[1] = std::numeric_limits<f32>::quiet_NaN();
  EXPECT_TRUE(error_of([&] {
                trainer.step();
              }).starts_with("[train] step 2: the loss is not finite; first seen in the parameter head.bias"));
  EXPECT_EQ(trainer.steps_done(), 1);
}

TEST(Trainer, TheLayerThatOverflowsIsNamedAndNoWeightChanges) {
  auto const model = tiny_model();
  Trainer trainer = make_trainer({}, model);
  for (auto const& [name, tensor] : model->parameters())
    if (name == "hidden.weight") std::fill_n(tensor.data<f32>(), tensor.count(), 3e38f);
  auto const before = flat_state(model->parameters());
  EXPECT_TRUE(error_of([&] {
                trainer.step();
              }).starts_with("[train] step 1: the loss is not finite; first seen in layer hidden (Linear)"));
  EXPECT_TRUE(testing::equal(flat_state(model->parameters()), before));
}

TEST(Trainer, ALayerThatFailsByWhatWasDroppedIsFoundAgain) {
  // Half of the hidden units times 3e38 overflow where they are kept, and only there.
  auto const model = tiny_model(/*seed=*/3, 0.5f);
  Trainer trainer = make_trainer({}, model, 1);
  auto const generator = model->generators()[0].generator;
  Generator const before = *generator;
  for (auto const& [name, tensor] : model->parameters())
    if (name == "head.weight") std::fill_n(tensor.data<f32>(), tensor.count(), 3e38f);
  EXPECT_TRUE(error_of([&] {
                trainer.step();
              }).starts_with("[train] step 1: the loss is not finite; first seen in layer head (Linear)"));
  EXPECT_EQ(generator->next_stream, before.next_stream + 1) << "the search must draw the numbers of the step again";
}

TEST(Trainer, RefusesACheckpointThatDoesNotFit) {
  TemporaryFolder const folder;
  auto const model = tiny_model();
  Trainer trainer = make_trainer({.epochs = 2}, model);
  trainer.step();
  trainer.checkpoint().write(folder / "a.ckpt");
  Checkpoint const checkpoint = Checkpoint::read(folder / "a.ckpt");

  Trainer other_batches = make_trainer({.epochs = 2}, tiny_model(), 10);
  EXPECT_EQ(error_of([&] { other_batches.restore(checkpoint); }),
            "[trainer] the checkpoint is of epochs of 10 steps, these have 8: the data or the batches are others");

  Generator generator;
  auto wider = std::make_shared<nn::Sequential>();
  wider->add("flatten", std::make_shared<nn::Flatten>())
      .add("hidden", std::make_shared<nn::Linear>(16, 9, generator))
      .add("head", std::make_shared<nn::Linear>(9, 2, generator));
  Trainer other_model = make_trainer({.epochs = 2}, wider);
  EXPECT_EQ(error_of([&] { other_model.restore(checkpoint); }),
            "[checkpoint] " + (folder / "a.ckpt").string() +
                " is of another model: model/hidden.weight is f32 [8, 16] there, f32 [9, 16] here");

  Trainer dropping = make_trainer({.epochs = 2}, tiny_model(/*seed=*/3, 0.5f));
  EXPECT_EQ(error_of([&] { dropping.restore(checkpoint); }),
            "[checkpoint] " + (folder / "a.ckpt").string() + " lacks the value generator/drop.generator.seed");
}

TEST(Trainer, RefusesOptionsThatLeaveNothingToDo) {
  EXPECT_EQ(error_of([] { make_trainer({.accumulation = 11}, tiny_model()); }),
            "[trainer] an epoch has fewer batches than one step accumulates: batches=10, accumulation=11");
  EXPECT_NE(error_of([] { make_trainer({.accumulation = 0}, tiny_model()); }), "(no error)");
  EXPECT_NE(error_of([] { make_trainer({.epochs = 0}, tiny_model()); }), "(no error)");
}

}  // namespace
}  // namespace heddle::train
