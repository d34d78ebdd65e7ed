// The kernel of image batches against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/augment/image_batch_config.h"
#include "kernels/machine/device.h"
#include "tests/kernels/augment/image_batch_cases.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class ImageBatchKernel : public ::testing::TestWithParam<ImageBatchSizes> {};

TEST_P(ImageBatchKernel, Emulated) { test_emulated(ImageBatchCase(GetParam())); }

TEST_P(ImageBatchKernel, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, ImageBatchCase(GetParam()));
}

TEST_P(ImageBatchKernel, CpuInEachType) { test_all_types(Device::cpu, ImageBatchCase(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Cases, ImageBatchKernel, ::testing::ValuesIn(image_batch_cases()),
                         [](auto const& test) { return test.param.name; });

TEST(ImageBatchConfigs, AreAllTested) {
  int staged = 0, in_bands = 0, direct = 0, whole = 0, vectors = 0, turned_in_bands = 0, single = 0;
  for (ImageBatchSizes const& c : image_batch_cases()) {
    if (c.n * c.h == 0) continue;
    if (c.options.affine.any()) {
      AffineBatchConfig const config = choose_affine_batch(c.h, c.w, c.c, c.offset == 0);
      whole += config.whole;
      vectors += config.vectors && !config.whole;
      turned_in_bands += config.band_pixels < c.h * c.w;
      single += !config.vectors;
      continue;
    }
    ImageBatchConfig const config = choose_image_batch(c.h, c.w, c.c, c.offset == 0);
    staged += config.staged;
    in_bands += config.staged && config.band_rows < c.h;
    direct += !config.staged;
  }
  EXPECT_GE(staged, 5);
  EXPECT_GE(in_bands, 3);
  EXPECT_GE(direct, 3);
  EXPECT_GE(whole, 2);
  EXPECT_GE(vectors, 1);
  EXPECT_GE(turned_in_bands, 2);
  EXPECT_GE(single, 3);
}

// The host cannot look at an index on a card.
TEST(ImageBatchIndex, OutsideGivesNaN) {
  AffineOptions const turned = {.rotation = 30};
  for (auto const& [w, affine] : {std::pair<i64, AffineOptions>{16, {}}, {5, {}}, {16, turned}, {5, turned}}) {
    std::vector<u8> const images(static_cast<std::size_t>(2 * 4 * w), 100);
    std::vector<i64> const index = {2, 1, -1};
    std::vector<f32> y(static_cast<std::size_t>(3 * 4 * w));
    f32 const mean = 0.5f, deviation = 0.25f;
    emulated::image_batch<f32>({.n = 3,
                                .h = 4,
                                .w = w,
                                .c = 1,
                                .count = 2,
                                .options = {.affine = affine},
                                .images = images.data(),
                                .index = index.data(),
                                .mean = &mean,
                                .deviation = &deviation,
                                .y = y.data()},
                               {});
    auto const is_nan = [](f32 value) { return std::isnan(value); };
    EXPECT_TRUE(std::all_of(y.begin(), y.begin() + 4 * w, is_nan));
    EXPECT_TRUE(std::none_of(y.begin() + 4 * w, y.begin() + 8 * w, is_nan));
    EXPECT_TRUE(std::all_of(y.begin() + 8 * w, y.end(), is_nan));
  }
}

TEST(ImageBatchKernelErrors, NameTheValue) {
  EXPECT_EQ(error_of([] { emulated::image_batch<f32>({.n = 1, .h = 2, .w = 2, .c = 1, .count = 3}, {}); }),
            "[image_batch] images is null, but has 12 elements");
  EXPECT_EQ(error_of([] { emulated::image_batch<f32>({.options = {.border = static_cast<Border>(7)}}, {}); }),
            "[image_batch] unknown border: 7");
}

}  // namespace
}  // namespace heddle::testing
