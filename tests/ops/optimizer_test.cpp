// Steps of a training with the numbers of the step on the device: the same on the CPU and through the CUDA launchers on
// the emulator.
#include "ops/optimizer.h"

#include <cmath>
#include <limits>

#include "kernels/core/error.h"
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
    EXPECT_DOUBLE_EQ(ops::global_norm(std::vector<Tensor>{Tensor::full({3}, 1, device), gradient}), std::sqrt(4.25));
  }
  EXPECT_EQ(ops::global_norm({}), 0);
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
              ops::gradient_norm(std::vector<Tensor>{four, Tensor::zeros({4}, DType::bf16)}, 1, state);
            }),
            "[gradient_norm] gradients must be of one type: f32 and bf16");
}

}  // namespace
}  // namespace heddle
