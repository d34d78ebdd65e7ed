// Mixed batches: the CPU against the formula in double precision, the kernel against the CPU.
#include "kernels/augment/mix_batch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/machine/device.h"
#include "tests/kernels/augment/mix_batch_cases.h"
#include "tests/support/error.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

class MixBatch : public ::testing::TestWithParam<MixBatchSizes> {};

TEST_P(MixBatch, Emulated) { test_emulated(MixBatchCase(GetParam())); }

TEST_P(MixBatch, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, MixBatchCase(GetParam()));
}

TEST_P(MixBatch, CpuInEachType) { test_all_types(Device::cpu, MixBatchCase(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, MixBatch, ::testing::ValuesIn(mix_batch_cases()),
                         [](auto const& test) { return test.param.name; });

// Other boxes and weights, in one execution.
TEST(MixBatchKernel, AgreesForManyBatches) {
  for (MixBatchSizes const& c : mix_batch_cases())
    for (i64 batch = 10; batch < 25; ++batch) test_operation<bf16>(Device::emulated, MixBatchCase(c, batch));
}

/// A batch of 6 pictures of 5 x 8 x 2 with 4 classes, on the CPU.
struct Batch {
  static constexpr i64 n = 6, h = 5, w = 8, c = 2, classes = 4, size = h * w * c;
  std::vector<f32> x = uniform(n * size, 1), y = std::vector<f32>(n * size, NAN);
  std::vector<f32> targets = std::vector<f32>(n * classes, NAN);
  std::vector<i32> labels = {0, 3, 3, 1, 2, 0};

  void mix(MixOptions const& options, i64 batch) {
    cpu::mix_batch<f32>({.n = n,
                         .h = h,
                         .w = w,
                         .c = c,
                         .classes = classes,
                         .options = options,
                         .seed = 9,
                         .batch = batch,
                         .x = x.data(),
                         .labels = labels.data(),
                         .y = y.data(),
                         .targets = targets.data()},
                        {});
  }
};

TEST(MixBatchCpu, IsTheFormula) {
  for (i64 batch = 0; batch < 100; ++batch) {
    Batch b;
    MixOptions const options = {.mixup = 0.5f, .cutmix = 1, .probability = 0.9f};
    b.mix(options, batch);
    MixChoice const choice = mix_choice(options, Batch::h, Batch::w, 9, batch);
    MixPartners const partner(Batch::n, 9, batch);
    for (i64 i = 0; i < Batch::n * Batch::size; ++i) {
      i64 const picture = i / Batch::size, value = i % Batch::size;
      auto const row = static_cast<i32>(value / 16), column = static_cast<i32>(value / 2 % 8);
      double const own = b.x[static_cast<std::size_t>(i)];
      double const other = b.x[static_cast<std::size_t>(partner(picture) * Batch::size + value)];
      double const expected = choice.box.holds(row, column)
                                  ? other
                                  : choice.of_values * own + (1.0 - static_cast<double>(choice.of_values)) * other;
      ASSERT_NEAR(b.y[static_cast<std::size_t>(i)], expected, 0x1p-23);
    }
    for (i64 i = 0; i < Batch::n; ++i)
      for (i32 k = 0; k < Batch::classes; ++k) {
        double const own = b.labels[static_cast<std::size_t>(i)] == k;
        double const other = b.labels[static_cast<std::size_t>(partner(i))] == k;
        ASSERT_NEAR(b.targets[static_cast<std::size_t>(i * Batch::classes + k)],
                    choice.of_labels * own + (1.0 - static_cast<double>(choice.of_labels)) * other, 0x1p-24);
      }
  }
}

TEST(MixBatchCpu, WithoutOptionsCopiesAndCountsLabels) {
  Batch b;
  b.mix({}, 5);
  EXPECT_TRUE(equal(b.y, b.x));
  for (std::size_t i = 0; i < 24; ++i)
    EXPECT_EQ(b.targets[i], b.labels[i / 4] == static_cast<i32>(i % 4) ? 1.0f : 0.0f);
}

TEST(MixBatchCpu, DoesNotDependOnThreads) {
  EXPECT_TRUE(same_bits_on_any_threads([] {
    MixBatchCase const c({"", 20, 32, 32, 3, 10});
    auto args = c.arguments<f32>();
    bench::Operands const operands(cpu::memory, args,
                                   [&](auto name, i64 count, u64 seed) { return c.values(name, count, seed); });
    cpu::mix_batch<f32>(args, {});
    return operands.values("y");
  }));
}

// The host cannot look at a label on a card.
TEST(MixBatchKernel, ALabelOutsideCountsNothing) {
  Batch b;
  b.labels[2] = 77;
  emulated::mix_batch<f32>({.n = Batch::n,
                            .classes = Batch::classes,
                            .x = b.x.data(),
                            .labels = b.labels.data(),
                            .y = b.y.data(),
                            .targets = b.targets.data()},
                           {});
  for (std::size_t i = 0; i < 24; ++i)
    EXPECT_EQ(b.targets[i], b.labels[i / 4] == static_cast<i32>(i % 4) ? 1.0f : 0.0f);
}

TEST(MixBatchErrors, NameTheValue) {
  auto const refusal = [](MixOptions const& options, i64 batch = 0) {
    return error_of([&] { Batch().mix(options, batch); });
  };
  EXPECT_EQ(refusal({.mixup = -1}), "[mix_batch] alphas must be finite and not negative: mixup=-1, cutmix=0");
  EXPECT_EQ(refusal({.cutmix = NAN}), "[mix_batch] alphas must be finite and not negative: mixup=0, cutmix=nan");
  EXPECT_EQ(refusal({.probability = 1.5f}), "[mix_batch] probability must lie in [0, 1]: probability=1.5");
  EXPECT_EQ(refusal({}, -1), "[mix_batch] batch must lie in [0, 2^48): batch=-1");
  EXPECT_EQ(error_of([] {
              Batch b;
              b.labels[4] = 4;
              b.mix({}, 0);
            }),
            "[mix_batch] label must lie in [0, classes): position=4, label=4, classes=4");
  EXPECT_EQ(error_of([] { emulated::mix_batch<f32>({.n = 1, .h = 2, .w = 2, .c = 3, .classes = 4}, {}); }),
            "[mix_batch] x is null, but has 12 elements");
  EXPECT_EQ(error_of([] { emulated::mix_batch<f32>({.n = -1}, {}); }),
            "[mix_batch] sizes must not be negative: n=-1, h=0, w=0, c=0, classes=0");
  EXPECT_EQ(error_of([] {
              Batch b;
              cpu::mix_batch<f32>({.n = 1,
                                   .h = 5,
                                   .w = 8,
                                   .c = 2,
                                   .classes = 4,
                                   .x = b.x.data(),
                                   .labels = b.labels.data(),
                                   .y = b.x.data(),
                                   .targets = b.targets.data()},
                                  {});
            }),
            "[mix_batch] y must not be x: a picture is read for its partner too");
}

}  // namespace
}  // namespace heddle::testing
