// The parts that the trainer puts together: checkpoint, optimizer, best weights, evaluation, search for NaN.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/nn/temporary_folder.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/train/tiny.h"
#include "train/evaluate.h"
#include "train/non_finite.h"

namespace heddle::train {
namespace {

using testing::error_of;
using testing::flat_state;
using testing::TemporaryFolder;
using testing::tiny_images;
using testing::tiny_loader;
using testing::tiny_model;

constexpr f32 infinity = std::numeric_limits<f32>::infinity();

TEST(Checkpoint, NumbersAndTensorsComeBackWithTheSameBits) {
  TemporaryFolder const folder;
  Checkpoint checkpoint;
  checkpoint.put("third", 1.0 / 3);
  checkpoint.put("tiny", 5e-324);
  checkpoint.put("count", i64{1} << 62);
  checkpoint.put("words", std::string("a \"b\"\n"));
  checkpoint.put("x/", {{"w", Tensor::from(std::vector<f32>{0.1f, -2}, {2})}});
  checkpoint.write(folder / "a.ckpt");

  Checkpoint const read = Checkpoint::read(folder / "a.ckpt");
  EXPECT_EQ(read.number("third"), 1.0 / 3);
  EXPECT_EQ(read.number("tiny"), 5e-324);
  EXPECT_EQ(read.integer("count"), i64{1} << 62);
  EXPECT_EQ(read.text("words"), "a \"b\"\n");
  Tensor const w = Tensor::zeros({2});
  read.get("x/", {{"w", w}});
  EXPECT_EQ(w.to_vector<f32>(), (std::vector<f32>{0.1f, -2}));
}

TEST(Checkpoint, RefusesFilesThatAreNoneOrOfAnotherVersion) {
  TemporaryFolder const folder;
  std::string const path = (folder / "a.ckpt").string();
  nn::write_safetensors(path, {});
  EXPECT_EQ(error_of([&] { Checkpoint::read(path); }), "[checkpoint] " + path + " is no checkpoint of a training run");
  nn::write_safetensors(path, {.tensors = {}, .metadata = {{"format", "heddle-checkpoint"}, {"format_version", "2"}}});
  EXPECT_EQ(error_of([&] { Checkpoint::read(path); }),
            "[checkpoint] " + path + " has format version 2, this program reads version 1");
}

TEST(Checkpoint, RefusesATruncatedFileWhereverItEnds) {
  TemporaryFolder const folder;
  Checkpoint checkpoint;
  checkpoint.put("x/", {{"w", Tensor::zeros({5})}});
  checkpoint.write(folder / "a.ckpt");
  std::string const whole = testing::read_file(folder / "a.ckpt");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    testing::write_file(folder / "b.ckpt", whole.substr(0, size));
    std::string const error = error_of([&] { Checkpoint::read(folder / "b.ckpt"); });
    EXPECT_NE(error.find("b.ckpt"), std::string::npos) << size << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

TEST(Checkpoint, SaysWhatIsMissingBeforeItOverwritesAnything) {
  Checkpoint checkpoint;
  checkpoint.put("n", std::string("12x"));
  checkpoint.put("x/", {{"a", Tensor::full({2}, 1)}});
  EXPECT_EQ(error_of([&] { checkpoint.integer("n"); }), "[checkpoint] this checkpoint: n is not a finite number: 12x");
  EXPECT_EQ(error_of([&] { checkpoint.number("m"); }), "[checkpoint] this checkpoint lacks the value m");
  Tensor const a = Tensor::zeros({2});
  EXPECT_EQ(error_of([&] {
              checkpoint.get("x/", {{"a", a}, {"b", a}});
            }),
            "[checkpoint] this checkpoint lacks the tensor x/b: it is of another model");
  EXPECT_EQ(a.to_vector<f32>(), (std::vector<f32>{0, 0}));
}

TEST(Optimizer, DecaysOnlyWeightsUnlessAskedTo) {
  for (auto const rule : {OptimizerOptions::Rule::sgd, OptimizerOptions::Rule::adamw}) {
    for (bool const weights_only : {true, false}) {
      Tensor weight = Tensor::full({2, 2}, 1), bias = Tensor::full({2}, 1);
      weight.set_gradient(Tensor::zeros({2, 2}));
      bias.set_gradient(Tensor::zeros({2}));
      auto const optimizer =
          make_optimizer({{"weight", weight}, {"bias", bias}}, {},
                         {.rule = rule, .weight_decay = 0.5, .decay_weights_only = weights_only, .momentum = 0});
      optimizer->step(ops::make_step_state({.step = 1, .learning_rate = 0.1f}, Device::cpu));
      EXPECT_FLOAT_EQ(weight.to_vector<f32>()[0], 0.95f);
      EXPECT_FLOAT_EQ(bias.to_vector<f32>()[0], weights_only ? 1 : 0.95f);
    }
  }
}

TEST(Optimizer, LeavesParametersWithoutAGradient) {
  Tensor const still = Tensor::full({3}, 2);
  Tensor moved = Tensor::full({1}, 2);
  moved.set_gradient(Tensor::full({1}, 4));
  auto const optimizer = make_optimizer({{"still", still}, {"moved", moved}}, {}, {.momentum = 0.9});
  EXPECT_EQ(optimizer->gradients().size(), 1u);
  optimizer->step(ops::make_step_state({.learning_rate = 1, .gradient_scale = 0.5f}, Device::cpu));
  EXPECT_EQ(still.to_vector<f32>(), (std::vector<f32>{2, 2, 2}));
  EXPECT_EQ(moved.to_vector<f32>(), (std::vector<f32>{0}));
}

TEST(BestWeights, KeepsTheFirstOfTheBest) {
  auto const model = tiny_model();
  BestWeights best(model);
  EXPECT_NE(error_of([&] { best.load(); }), "(no error)");
  auto const set_all = [&](f32 value) {
    for (auto const& [name, tensor] : model->state()) std::fill_n(tensor.data<f32>(), tensor.count(), value);
  };
  struct Epoch {
    double accuracy, loss;
    i64 best;
  };
  i64 epoch = 0;
  for (Epoch const& e : {Epoch{0, 9, 1}, {0.5, 2, 2}, {0.5, 2, 2}, {0.5, 1, 4}, {0.4, 0.1, 4}, {0.5, 1.5, 4}}) {
    ++epoch;
    set_all(static_cast<f32>(epoch));
    best.consider(epoch, {.loss = e.loss, .accuracy = e.accuracy, .probabilities = {}});
    EXPECT_EQ(best.epoch(), e.best);
  }
  best.load();
  EXPECT_EQ(flat_state(model->state()), std::vector<f32>(flat_state(model->state()).size(), 4));
}

TEST(Evaluate, CountsTiesForTheFirstClassOnly) {
  EXPECT_EQ(count_correct({1, 1, 0, 2, 3, 3}, {0, 1}), 2);
  EXPECT_EQ(count_correct({1, 1, 0, 2, 3, 3}, {1, 2}), 0);
  EXPECT_EQ(count_correct({}, {}), 0);
}

/// Logits that tell nothing but the sum of the pixels.
class SumModel final : public nn::Module {
 public:
  std::string_view kind() const override { return "SumModel"; }
  bool saw_training = false;

 protected:
  Tensor forward(Tensor const& x) override {
    saw_training |= training();
    auto const pixels = x.to_vector<f32>();
    auto const rows = static_cast<std::size_t>(x.size(0)), columns = pixels.size() / rows;
    std::vector<f32> logits(2 * rows);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) logits[2 * i + (j >= columns / 2)] += pixels[i * columns + j];
    return Tensor::from(logits, {x.size(0), 2});
  }
};

TEST(Evaluate, MatchesFiguresWorkedOutByHandForAnyBatchSize) {
  ImageSet const set = tiny_images(37);
  auto const pixels = set.images.to_vector<u8>();
  auto const labels = set.labels.to_vector<i32>();
  double loss = 0, correct = 0;
  for (std::size_t i = 0; i < 37; ++i) {
    double sums[2] = {};
    for (std::size_t p = 0; p < 16; ++p) sums[p / 8] += (pixels[16 * i + p] / 255.0 - 0.4) / 0.2;
    loss -= sums[labels[i]] - std::log(std::exp(sums[0]) + std::exp(sums[1]));
    correct += (sums[1] > sums[0]) == (labels[i] == 1);
  }
  for (i64 const batch_size : {1, 10, 37, 50}) {
    SumModel model;
    Loader loader = tiny_loader(set, batch_size, false);
    Evaluation const evaluation = evaluate(model, loader);
    EXPECT_NEAR(evaluation.loss, loss / 37, 1e-5);
    EXPECT_EQ(evaluation.accuracy, correct / 37);
    ASSERT_EQ(evaluation.probabilities.shape(), (Shape{37, 2}));
    auto const p = evaluation.probabilities.to_vector<f32>();
    EXPECT_NEAR(p[0] + p[1], 1, 1e-6);
    EXPECT_FALSE(model.saw_training);
    EXPECT_TRUE(model.training()) << "the mode comes back";
  }
}

TEST(Evaluate, LogitsBeyondExpAreFineAndNotFiniteOnesAnError) {
  auto const model = tiny_model();
  auto const set_bias = [&](f32 value) {
    for (auto const& [name, tensor] : model->parameters())
      if (name == "head.bias") tensor.data<f32>()[0] = value;
  };
  Loader loader = tiny_loader(tiny_images(10), 5, false);
  set_bias(1e30f);
  EXPECT_TRUE(std::isfinite(evaluate(*model, loader).loss));
  set_bias(std::numeric_limits<f32>::quiet_NaN());
  EXPECT_EQ(error_of([&] { evaluate(*model, loader); }),
            "[evaluate] the loss is not finite; first seen in the parameter head.bias, made so by the update before");
}

TEST(NonFinite, NamesTheFirstPlace) {
  auto const model = tiny_model();
  Tensor const images = Tensor::zeros({2, 4, 4, 1});
  EXPECT_EQ(find_non_finite(*model, images), "the loss itself");
  Tensor const bad_images = Tensor::full({2, 4, 4, 1}, infinity);
  EXPECT_EQ(find_non_finite(*model, bad_images), "the input images");
  model->parameters()[2].tensor.data<f32>()[0] = infinity;
  EXPECT_TRUE(find_non_finite(*model, images).starts_with("the parameter head.weight"));
}

TEST(NonFinite, NamesTheFirstBadGradient) {
  auto const model = tiny_model();
  for (auto const& [name, tensor] : model->parameters())
    Tensor(tensor).set_gradient(Tensor::full(tensor.shape(), name == "head.weight" ? infinity : 1));
  EXPECT_EQ(find_non_finite_gradient(*model), "the gradient of head.weight");
}

}  // namespace
}  // namespace heddle::train
