#include <algorithm>
#include <numeric>

#include "tests/support/compare.h"
#include "tests/train/folder.h"
#include "train/data/loader.h"

namespace heddle::train {
namespace {

/// [count, 2, 2, 1]: image i has the pixels 4i, 4i + 1, … and label i.
ImageSet numbered(i64 count) {
  std::vector<u8> pixels(static_cast<std::size_t>(4 * count));
  std::iota(pixels.begin(), pixels.end(), u8{0});
  std::vector<i32> labels(static_cast<std::size_t>(count));
  std::iota(labels.begin(), labels.end(), 0);
  return {Tensor::from(pixels, {count, 2, 2, 1}), Tensor::from(labels, {count})};
}

Loader loader(i64 count, LoaderOptions const& options) {
  return Loader(numbered(count), {Tensor::full({1}, 0.5f), Tensor::full({1}, 0.25f)}, options);
}

std::vector<i32> epoch_labels(Loader& loader, i64 epoch) {
  std::vector<i32> labels;
  for (i64 i = 0; i < loader.batches_per_epoch(); ++i)
    for (i32 const label : loader.batch(epoch, i).labels.to_vector<i32>()) labels.push_back(label);
  return labels;
}

std::vector<i32> sorted(std::vector<i32> values) {
  std::ranges::sort(values);
  return values;
}

TEST(Loader, GivesNormalisedImagesWithTheirLabels) {
  Loader subject = loader(50, {.batch_size = 8, .seed = 2});
  Batch const batch = subject.batch(3, 4);
  std::vector<f32> const pixels = batch.images.to_vector<f32>();
  std::vector<i32> const labels = batch.labels.to_vector<i32>();
  ASSERT_EQ(batch.images.shape(), (Shape{8, 2, 2, 1}));
  ASSERT_EQ(labels.size(), 8u);
  std::vector<double> expected;
  for (i32 const label : labels)
    for (int pixel = 0; pixel < 4; ++pixel) expected.push_back(((4 * label + pixel) / 255.0 - 0.5) / 0.25);
  // Three roundings of values up to 2, the division by 255 among them.
  EXPECT_TRUE(testing::within(pixels, expected, testing::close_bound(0, 2 * 3 * 0x1p-23)));
}

TEST(Loader, VisitsEveryImageOnceInAnOrderOfItsEpoch) {
  Loader subject = loader(60, {.batch_size = 7, .drop_last = false, .seed = 1});
  ASSERT_EQ(subject.batches_per_epoch(), 9);
  EXPECT_EQ(subject.batch(0, 8).images.size(0), 4);
  std::vector<i32> all(60);
  std::iota(all.begin(), all.end(), 0);
  std::vector<i32> const first = epoch_labels(subject, 0), second = epoch_labels(subject, 1);
  EXPECT_EQ(sorted(first), all);
  EXPECT_EQ(sorted(second), all);
  EXPECT_NE(first, all);
  EXPECT_NE(first, second);
}

TEST(Loader, BatchIsAPureFunctionOfEpochAndIndex) {
  LoaderOptions const options = {
      .batch_size = 6, .augment = {.crop_padding = 1, .flip = Flip::random, .cutout = 1}, .seed = 9};
  Loader in_order = loader(30, options), resumed = loader(30, options);
  for (i64 epoch = 0; epoch < 2; ++epoch)
    for (i64 i = 0; i < 5; ++i) in_order.batch(epoch, i);
  Batch const a = in_order.batch(2, 3), b = resumed.batch(2, 3);
  EXPECT_EQ(a.labels.to_vector<i32>(), b.labels.to_vector<i32>());
  EXPECT_TRUE(testing::equal(a.images.to_vector<f32>(), b.images.to_vector<f32>()));
  in_order.batch(0, 0);
  EXPECT_EQ(in_order.batch(2, 3).labels.to_vector<i32>(), b.labels.to_vector<i32>());
}

TEST(Loader, MixesTheBatchThatItWouldGiveWithoutMixing) {
  LoaderOptions options = {
      .batch_size = 6, .augment = {.flip = Flip::random, .colour = {.brightness = 0.5f, .contrast = 0.5f}}, .seed = 9};
  Loader plain = loader(30, options);
  options.mix = {.mixup = 1};
  options.classes = 30;
  Loader mixing = loader(30, options);
  Batch const before = plain.batch(2, 3), mixed = mixing.batch(2, 3);
  EXPECT_FALSE(before.targets.defined());
  auto const expected = ops::mix_batch(before.images, before.labels, 30, options.mix, 9, /*batch=*/2 * 5 + 3);
  EXPECT_TRUE(testing::equal(mixed.images.to_vector<f32>(), expected.x.to_vector<f32>()));
  EXPECT_TRUE(testing::equal(mixed.targets.to_vector<f32>(), expected.targets.to_vector<f32>()));
  EXPECT_FALSE(testing::equal(mixed.images.to_vector<f32>(), before.images.to_vector<f32>()));
  EXPECT_EQ(mixed.labels.to_vector<i32>(), before.labels.to_vector<i32>());
  options.classes = 0;
  EXPECT_ERROR(loader(30, options), "mixup and cutmix need the number of classes: 0");
}

TEST(Loader, OrderDependsOnTheSeed) {
  Loader one = loader(40, {.batch_size = 40, .seed = 1}), two = loader(40, {.batch_size = 40, .seed = 2});
  EXPECT_NE(epoch_labels(one, 0), epoch_labels(two, 0));
}

TEST(Loader, EveryImageComesFirstEquallyOften) {
  constexpr i64 images = 5, epochs = 2000;
  Loader subject = loader(images, {.batch_size = images, .seed = 1});
  std::vector<int> first(images);
  for (i64 epoch = 0; epoch < epochs; ++epoch)
    ++first[static_cast<std::size_t>(subject.batch(epoch, 0).labels.to_vector<i32>()[0])];
  // Binomial with p = 1 / 5: 400 with a deviation of 17.9, five of which are allowed.
  for (int const count : first) EXPECT_NEAR(count, 400, 90);
}

TEST(Loader, KeepsTheOrderOfTheSetWithoutShuffle) {
  Loader subject = loader(10, {.batch_size = 4, .shuffle = false});
  EXPECT_EQ(subject.batches_per_epoch(), 2);
  EXPECT_EQ(epoch_labels(subject, 5), (std::vector<i32>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Loader, TakesAnEmptySetWhereTheLastBatchMayBeSmall) {
  Loader subject = loader(0, {.batch_size = 4, .drop_last = false});
  EXPECT_EQ(subject.batches_per_epoch(), 0);
}

TEST(Loader, RefusesWhatGivesNoBatch) {
  EXPECT_ERROR(loader(10, {.batch_size = 0}), "at least 1: 0");
  EXPECT_ERROR(loader(10, {.batch_size = 11}), "batch size 11, images 10");
  Loader subject = loader(10, {.batch_size = 4});
  EXPECT_ERROR(subject.batch(0, 2), "no batch 2 of epoch 0: an epoch has 2");
  ImageSet set = numbered(10);
  set.labels = set.labels.rows(0, 9);
  EXPECT_ERROR(Loader(set, {}, {.batch_size = 2}), "9 labels for 10 images");
}

}  // namespace
}  // namespace heddle::train
