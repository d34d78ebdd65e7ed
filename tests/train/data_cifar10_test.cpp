#include "tests/support/compare.h"
#include "tests/train/folder.h"
#include "train/data/dataset.h"
#include "train/data/statistics.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

constexpr std::size_t record_bytes = 3073, records = 10'000;

/// Record i has label i % 10 and red i % 251, green row, blue column in every pixel.
std::string batch() {
  std::string text;
  text.reserve(record_bytes * records);
  for (std::size_t i = 0; i < records; ++i) {
    text += static_cast<char>(i % 10);
    text.append(1024, static_cast<char>(i % 251));
    for (int row = 0; row < 32; ++row) text.append(32, static_cast<char>(row));
    for (int row = 0; row < 32; ++row)
      for (int column = 0; column < 32; ++column) text += static_cast<char>(column);
  }
  return text;
}

/// Six names of one file, since each of them has 30 MB.
void link_batches(fs::path const& folder, fs::path const& file) {
  for (char const* const name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                                 "data_batch_5.bin", "test_batch.bin"})
    fs::create_symlink(file, folder / name);
}

TEST(Cifar10, TurnsPlanesIntoPixels) {
  TemporaryFolder const folder;
  testing::write_file(folder / "batch", batch());
  link_batches(folder.path(), folder / "batch");
  DataSet const data = load_cifar10(folder.path());
  EXPECT_EQ(data.train.images.shape(), (Shape{50'000, 32, 32, 3}));
  EXPECT_EQ(data.test.images.shape(), (Shape{10'000, 32, 32, 3}));
  for (i64 const image : {0, 1, 252, 9'999, 10'001, 49'999}) {
    i64 const number = image % 10'000;
    EXPECT_EQ(data.train.labels.data<i32>()[image], number % 10);
    u8 const* const pixels = data.train.images.data<u8>() + image * 3072;
    for (int row = 0; row < 32; ++row)
      for (int column = 0; column < 32; ++column) {
        u8 const* const pixel = pixels + (row * 32 + column) * 3;
        ASSERT_EQ(pixel[0], number % 251);
        ASSERT_EQ(pixel[1], row);
        ASSERT_EQ(pixel[2], column);
      }
  }
  // 0 to 31 in equal numbers: mean 15.5, variance (32 * 32 - 1) / 12.
  EXPECT_FLOAT_EQ(data.mean[1], 15.5f / 255);
  EXPECT_FLOAT_EQ(data.deviation[2], std::sqrt(1023.0f / 12) / 255);
}

TEST(Cifar10, RefusesDamagedFiles) {
  TemporaryFolder const folder;
  std::string good = batch();
  auto const file = folder / "batch", third = folder / "data_batch_3.bin";
  testing::write_file(file, good);
  link_batches(folder.path(), file);
  auto const replace_third = [&](std::string const& text) {
    fs::remove(third);
    testing::write_file(third, text);
  };
  replace_third(good.substr(0, good.size() - record_bytes));
  EXPECT_ERROR(load_cifar10(folder.path()), "data_batch_3.bin: truncated: 30726927 bytes, expected 30730000");
  replace_third(good + "x");
  EXPECT_ERROR(load_cifar10(folder.path()), "data_batch_3.bin: padded");
  good[77 * record_bytes] = 10;
  replace_third(good);
  EXPECT_ERROR(load_cifar10(folder.path()), "data_batch_3.bin: record 77 has label 10");
  fs::remove(third);
  EXPECT_ERROR(load_cifar10(folder.path()), "data_batch_3.bin: No such file");
  fs::create_directory(third);
  EXPECT_ERROR(load_cifar10(folder.path()), "data_batch_3.bin: ");
}

TEST(Statistics, AreExactPerChannel) {
  std::vector<u8> const pixels = {0, 7, 10, 255, 7, 20, 0, 7, 30, 255, 7, 40};  // [2, 1, 2, 3]
  auto const [mean, deviation] = channel_statistics(Tensor::from(pixels, {2, 1, 2, 3}));
  std::vector<double> const means = {0.5, 7 / 255.0, 25 / 255.0}, deviations = {0.5, 1, std::sqrt(125.0) / 255};
  EXPECT_TRUE(testing::within(mean, means, testing::close_bound(0x1p-24, 0)));
  EXPECT_TRUE(testing::within(deviation, deviations, testing::close_bound(0x1p-24, 0)));  // 1: of one value only
  EXPECT_ERROR(channel_statistics(Tensor::empty({0, 2, 2, 3}, DType::u8)), "[0, 2, 2, 3]");
}

}  // namespace
}  // namespace heddle::train
