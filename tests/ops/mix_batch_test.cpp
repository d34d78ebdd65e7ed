// Mixed batches through the op, and into the cross-entropy with soft targets.
#include "ops/mix_batch.h"

#include "ops/cross_entropy.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

ops::MixedBatch mixed_on(Device device, MixOptions const& options) {
  Tensor const x = Tensor::from(testing::uniform(6 * 8 * 8 * 3, 1), {6, 8, 8, 3}, device);
  Tensor const labels = Tensor::from(std::vector<i32>{0, 1, 2, 3, 1, 0}, {6}, device);
  return ops::mix_batch(x, labels, 4, options, 5, 2);
}

TEST(MixBatchOp, GivesTheSameBitsOnCpuAndEmulator) {
  for (MixOptions const& options : {MixOptions{.mixup = 1}, MixOptions{.cutmix = 1}}) {
    ops::MixedBatch const cpu = mixed_on(Device::cpu, options), emulated = mixed_on(Device::emulated, options);
    EXPECT_TRUE(testing::equal(emulated.x.to_vector<f32>(), cpu.x.to_vector<f32>()));
    EXPECT_TRUE(testing::equal(emulated.targets.to_vector<f32>(), cpu.targets.to_vector<f32>()));
  }
}

TEST(MixBatchOp, TargetsFitTheCrossEntropy) {
  Tensor const targets = mixed_on(Device::cpu, {.mixup = 1}).targets;
  for (f32 const sum : [&] {
         std::vector<f32> sums(6), values = targets.to_vector<f32>();
         for (std::size_t i = 0; i < 24; ++i) sums[i / 4] += values[i];
         return sums;
       }())
    EXPECT_NEAR(sum, 1, 0x1p-23);
  // Of equal logits every class has the loss log 4.
  EXPECT_NEAR(ops::cross_entropy_soft(Tensor::zeros({6, 4}), targets).item<f32>(), std::log(4.0), 1e-6);
}

TEST(MixBatchOp, RefusesWhatMakesNoSense) {
  Tensor const x = Tensor::zeros({2, 4, 4, 1}), labels = Tensor::zeros({2}, DType::i32);
  auto const refusal = [](Tensor const& of, Tensor const& with, i64 classes) {
    return testing::error_of([&] { ops::mix_batch(of, with, classes, {}, 1, 0); });
  };
  EXPECT_EQ(refusal(Tensor::zeros({2, 4}), labels, 3), "[mix_batch] x must be [n, h, w, c]: [2, 4]");
  EXPECT_EQ(refusal(x, Tensor::zeros({3}, DType::i32), 3), "[mix_batch] labels must be [2]: [3]");
  EXPECT_EQ(refusal(x, labels, -1), "[mix_batch] classes must not be negative: classes=-1");
  EXPECT_EQ(refusal(Tensor::zeros({2, 4, 4, 1}, DType::i32), labels, 3), "[mix_batch] takes f32, f16 or bf16: i32");
  EXPECT_EQ(refusal(Tensor::zeros({2, 4, 4, 1}).set_requires_gradient(true), labels, 3),
            "[mix_batch] has no gradient: mix the data, which requires none");
}

}  // namespace
}  // namespace heddle
