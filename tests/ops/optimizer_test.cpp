// Steps of a training with the numbers of the step on the device: the same on the CPU and through the CUDA launchers on
// the emulator.
#include "ops/optimizer.h"

#include <cmath>
#include <limits>

#include "kernels/core/error.h"
#include "ops/elementwise.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

using testing::error_of;

Tensor uniform(i64 count, u64 seed, Device device) {
  return Tensor::from(testing::uniform(count, seed), {count}, device);
}

struct Training {
  std::vector<f32> parameters;
  StepState state;
};

/// Four steps of clipping to norm 1 and AdamW, the second of which meets an infinite gradient.
Training train_on(Device device) {
  std::vector<ops::AdamWParameter> list;
  for (i64 const count : {100, 1, 5000}) {
    auto const zeros = [&] { return Tensor::zeros({count}, DType::f32, device); };
    list.push_back({.parameter = uniform(count, 1, device),
                    .gradient = zeros(),
                    .first_moment = zeros(),
                    .second_moment = zeros(),
                    .weight_decay = 0.01f});
  }
  Tensor const state = ops::make_step_state({.learning_rate = 0.125f}, device);
  for (u64 step = 0; step < 4; ++step) {
    std::vector<Tensor> gradients;
    for (ops::AdamWParameter& p : list) {
      p.gradient.copy_from(uniform(p.gradient.count(), 7 + step, Device::cpu));
      gradients.push_back(p.gradient);
    }
    if (step == 1) gradients[1].copy_from(Tensor::full({1}, std::numeric_limits<f32>::infinity()));
    ops::gradient_norm(gradients, {.max_norm = 1}, state);
    ops::adamw_step(list, {.epsilon = 0.125f}, state);
  }
  Training result = {{}, ops::read_step_state(state)};
  for (ops::AdamWParameter const& p : list)
    for (f32 const value : p.parameter.to_vector<f32>()) result.parameters.push_back(value);
  return result;
}

TEST(OptimizerOps, TrainOnTheDevice) {
  Training const cpu = train_on(Device::cpu), emulated = train_on(Device::emulated);
  for (Training const& run : {cpu, emulated}) {
    EXPECT_EQ(run.state.step, 3);  // one was left out
    EXPECT_EQ(run.state.finite, 1);
    EXPECT_NEAR(run.state.gradient_norm, std::sqrt(5101 / 3.0), 1);
    EXPECT_NEAR(run.state.gradient_scale * run.state.gradient_norm, 1, 1e-6);
  }
  // Three steps of some 20 roundings, of parameters below 1 and of updates below 1 / 8.
  EXPECT_TRUE(
      testing::within(emulated.parameters, cpu.parameters, testing::close_bound(0, 3 * (4 + 20.0 / 8) * 0x1p-23)));
}

TEST(OptimizerOps, TakeGradientsOfSeveralTypes) {
  for (Device const device : {Device::cpu, Device::emulated}) {
    Tensor const wide = Tensor::full({3}, 2, device), narrow = Tensor::full({2}, 2, device);
    Tensor const gradient = Tensor::from(std::vector<bf16>{bf16(0.5f), bf16(1)}, {2}, device);
    Tensor const copy = Tensor::empty({2}, DType::bf16, device);
    std::vector<ops::SgdParameter> const list = {
        {.parameter = wide, .gradient = Tensor::full({3}, 1, device)},
        {.parameter = narrow, .gradient = gradient, .copy = copy, .weight_decay = 0.5f}};
    ops::sgd_step(list, {}, ops::make_step_state({.learning_rate = 0.5f}, device));
    EXPECT_EQ(wide.to_vector<f32>(), (std::vector<f32>{1.5f, 1.5f, 1.5f}));
    EXPECT_EQ(narrow.to_vector<f32>(), (std::vector<f32>{1.25f, 1}));
    EXPECT_TRUE(testing::equal(copy.to_vector<bf16>(), std::vector<bf16>{bf16(1.25f), bf16(1)}));
    Tensor const state = ops::make_step_state({.loss_scale = 2}, device);
    ops::gradient_norm(std::vector<Tensor>{Tensor::full({3}, 1, device), gradient}, {}, state);
    EXPECT_DOUBLE_EQ(ops::read_step_state(state).gradient_norm, std::sqrt(4.25) / 2);
  }
}

TEST(OptimizerOps, NormOfNothingIsZero) {
  Tensor const state = ops::make_step_state({}, Device::cpu);
  ops::gradient_norm({}, {}, state);
  EXPECT_EQ(ops::read_step_state(state).gradient_norm, 0);
}

/// A step with gradients of 1 or, where it overflows, of infinity in the half type and 1 in f32.
StepState step_with(bool overflows, ops::StepOptions const& options, Tensor const& state) {
  f32 const value = overflows ? std::numeric_limits<f32>::infinity() : 1;
  Tensor const half = Tensor::from(std::vector<f16>{f16(1), f16(value)}, {2}, state.device());
  ops::gradient_norm(std::vector<Tensor>{half, Tensor::full({1}, 1, state.device())}, options, state);
  return ops::read_step_state(state);
}

TEST(LossScale, HalvesWhereGradientsOverflowAndDoublesAfterFiniteSteps) {
  for (Device const device : {Device::cpu, Device::emulated}) {
    Tensor const rates = Tensor::from(std::vector<f32>{0.5f, 0.25f, 0.125f}, {3}, device);
    ops::StepOptions const options = {.scaling = {.growth_steps = 2, .least = 1, .largest = 16},
                                      .learning_rates = rates};
    Tensor const state = ops::make_step_state({.loss_scale = 8}, device);
    struct Step {
      bool overflows;
      f32 scale_after;
      i64 updates_after;
      f32 rate;
    };
    for (Step const& s : {Step{false, 8, 1, 0.5f},
                          {true, 4, 1, 0.5f},
                          {false, 4, 2, 0.25f},
                          {false, 8, 3, 0.125f},
                          {false, 8, 4, 0.125f},
                          {false, 16, 5, 0.125f},
                          {false, 16, 6, 0.125f},
                          {false, 16, 7, 0.125f},
                          {true, 8, 7, 0.125f},
                          {true, 4, 7, 0.125f}}) {
      f32 const scale_before = ops::read_step_state(state).loss_scale;
      StepState const now = step_with(s.overflows, options, state);
      EXPECT_EQ(now.finite, s.overflows ? 0 : 1);
      EXPECT_EQ(now.stopped, 0);
      EXPECT_EQ(now.loss_scale, s.scale_after);
      EXPECT_EQ(now.step, s.updates_after);
      EXPECT_EQ(now.learning_rate, s.rate);
      EXPECT_EQ(now.gradient_scale, s.overflows ? 0 : 1 / scale_before);
    }
  }
}

TEST(LossScale, AtTheLeastOneNoStepIsTakenAnyMore) {
  for (Device const device : {Device::cpu, Device::emulated}) {
    Tensor const state = ops::make_step_state({.loss_scale = 2}, device);
    ops::StepOptions const options = {.scaling = {.growth_steps = 1, .least = 1}};
    EXPECT_EQ(step_with(true, options, state).loss_scale, 1);
    EXPECT_EQ(step_with(false, options, state).loss_scale, 2) << "at the least it can still grow";
    EXPECT_EQ(step_with(true, options, state).stopped, 0);
    EXPECT_EQ(step_with(true, options, state).stopped, 1);
    StepState const after = step_with(false, options, state);
    EXPECT_EQ(after.stopped, 1);
    EXPECT_EQ(after.finite, 0);
    EXPECT_EQ(after.step, 1);
    EXPECT_EQ(after.loss_scale, 1);
  }
}

TEST(LossScale, WithoutGrowthItStaysButStillStops) {
  Tensor const state = ops::make_step_state({}, Device::cpu);
  EXPECT_EQ(step_with(false, {.scaling = {.least = 1}}, state).loss_scale, 1);
  EXPECT_EQ(step_with(true, {.scaling = {.least = 1}}, state).stopped, 1);
}

TEST(LossScale, MultipliesTheGradientBeforeItIsRounded) {
  for (Device const device : {Device::cpu, Device::emulated}) {
    Tensor const state = ops::make_step_state({.loss_scale = 1024}, device);
    Tensor x = Tensor::from(std::vector<f16>{f16(1)}, {1}, device);
    x.set_requires_gradient(true);
    Tape tape;
    Tensor const loss = ops::scale_gradient(ops::cast(x, DType::f32), state);
    EXPECT_EQ(loss.item<f32>(), 1) << "the loss itself is not scaled";
    tape.backward(loss, 0x1p-30f);  // f16 ends at 2^-24
    EXPECT_EQ(static_cast<f32>(x.gradient().item<f16>()), 0x1p-20f);
  }
}

TEST(OptimizerOps, RefuseWhatDoesNotFit) {
  Tensor const four = Tensor::zeros({4}), small = Tensor::zeros({3}), state = ops::make_step_state({}, Device::cpu);
  auto const sgd = [&](ops::SgdParameter const& p, Tensor const& s) {
    return error_of([&] { ops::sgd_step({&p, 1}, {.momentum = 0.5f}, s); });
  };
  EXPECT_EQ(sgd({.parameter = four, .gradient = four, .velocity = small}, state), "[sgd] velocity must be [4]: [3]");
  EXPECT_EQ(sgd({.parameter = four, .gradient = four}, state), "[sgd] momentum 0.5 needs a velocity");
  EXPECT_EQ(sgd({.parameter = four, .gradient = four, .velocity = four}, four),
            "[sgd] state must come from make_step_state: f32 [4]");
  EXPECT_EQ(sgd({.parameter = four, .gradient = Tensor::zeros({4}, DType::i32), .velocity = four}, state),
            "[sgd] takes f32, f16 or bf16: i32");
  Tensor const elsewhere = four.to(Device::emulated);
  EXPECT_EQ(sgd({.parameter = elsewhere, .gradient = elsewhere, .velocity = elsewhere}, state),
            "[sgd] tensors on cpu and emulated: move them to one device");
  auto const adamw = [&](Tensor const& first, Tensor const& second) {
    ops::AdamWParameter const p = {.parameter = four, .gradient = four, .first_moment = first, .second_moment = second};
    return error_of([&] { ops::adamw_step({&p, 1}, {}, state); });
  };
  EXPECT_EQ(adamw(small, four), "[adamw] first_moment must be [4]: [3]");
  EXPECT_EQ(adamw(four, small), "[adamw] second_moment must be [4]: [3]");
  EXPECT_EQ(error_of([&] {
              ops::gradient_norm(std::vector{four, Tensor::zeros({4}, DType::bf16), Tensor::zeros({4}, DType::f16)}, {},
                                 state);
            }),
            "[gradient_norm] gradients must be of f32 and one other type at most: bf16 and f16");
}

}  // namespace
}  // namespace heddle
