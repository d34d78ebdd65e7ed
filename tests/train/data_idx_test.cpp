#include <zlib.h>

#include "tests/train/folder.h"
#include "train/data/dataset.h"
#include "train/data/idx.h"

namespace heddle::train {
namespace {

using testing::TemporaryFolder;
using testing::write_file;

std::string word(u32 value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

/// Elements count up from `first`, modulo `bound`.
std::string idx(std::vector<u32> const& sizes, u32 first = 0, u32 bound = 256) {
  std::string text = word(0x800 | static_cast<u32>(sizes.size()));
  u64 count = 1;
  for (u32 const size : sizes) {
    text += word(size);
    count *= size;
  }
  for (u64 i = 0; i < count; ++i) text += static_cast<char>((first + i) % bound);
  return text;
}

std::string gzip(std::filesystem::path const& path, std::string const& text) {
  gzFile const file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return testing::read_file(path);
}

TEST(Idx, ReadsPlainAndCompressedAlike) {
  TemporaryFolder const folder;
  write_file(folder / "plain", idx({3, 2, 5}));
  gzip(folder / "packed.gz", idx({3, 2, 5}));
  for (char const* const name : {"plain", "packed.gz"}) {
    Tensor const tensor = read_idx(folder / name, 3);
    EXPECT_EQ(tensor.shape(), (Shape{3, 2, 5}));
    std::vector<u8> const values = tensor.to_vector<u8>();
    for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(values[i], i);
  }
}

TEST(Idx, ReadsAnEmptyAxis) {
  TemporaryFolder const folder;
  write_file(folder / "none", idx({0, 28}));
  EXPECT_EQ(read_idx(folder / "none", 2).shape(), (Shape{0, 28}));
}

TEST(Idx, RefusesDamagedFiles) {
  TemporaryFolder const folder;
  auto const path = folder / "file";
  std::string const good = idx({3, 2, 5});
  EXPECT_ERROR(read_idx(folder / "missing", 3), "missing: No such file");
  EXPECT_ERROR(read_idx(folder.path(), 3), "not a regular file");
  write_file(path, "");
  EXPECT_ERROR(read_idx(path, 3), "truncated");
  write_file(path, good.substr(0, 10));
  EXPECT_ERROR(read_idx(path, 3), "truncated");
  write_file(path, good.substr(0, good.size() - 1));
  EXPECT_ERROR(read_idx(path, 3), "truncated");
  write_file(path, good + "x");
  EXPECT_ERROR(read_idx(path, 3), "padded");
  write_file(path, good);
  EXPECT_ERROR(read_idx(path, 1), "starts with 0 0 8 3, expected 0 0 8 1");
  write_file(path, "PNG..............");
  EXPECT_ERROR(read_idx(path, 3), "not an IDX file");
}

TEST(Idx, AllocatesNothingThatTheFileCannotHold) {
  TemporaryFolder const folder;
  std::string const lie = word(0x803) + word(0xffffffffu) + word(0xffffffffu) + word(0xffffffffu);
  write_file(folder / "plain", lie + "few");
  EXPECT_ERROR(read_idx(folder / "plain", 3), "more bytes than the file can hold");
  gzip(folder / "packed.gz", lie + "few");
  EXPECT_ERROR(read_idx(folder / "packed.gz", 3), "more bytes than the file can hold");
}

TEST(Idx, RefusesDamagedCompression) {
  TemporaryFolder const folder;
  auto const path = folder / "file.gz";
  std::string const good = gzip(path, idx({40, 5, 5}));
  write_file(path, good.substr(0, good.size() - 9));
  EXPECT_ERROR(read_idx(path, 3), "truncated");
  std::string wrong_checksum = good;
  wrong_checksum[good.size() - 6] ^= 1;
  write_file(path, wrong_checksum);
  EXPECT_ERROR(read_idx(path, 3), "cannot be decompressed");
  gzip(path, idx({40, 5, 5}) + "more");
  EXPECT_ERROR(read_idx(path, 3), "padded");
  gzip(path, idx({40, 5, 5}).substr(0, 900));
  EXPECT_ERROR(read_idx(path, 3), "truncated");
}

void write_fashion_mnist(std::filesystem::path const& folder) {
  write_file(folder / "train-images-idx3-ubyte", idx({20, 28, 28}));
  write_file(folder / "train-labels-idx1-ubyte", idx({20}, 0, 10));
  write_file(folder / "t10k-images-idx3-ubyte", idx({7, 28, 28}, 5));
  write_file(folder / "t10k-labels-idx1-ubyte", idx({7}, 3, 10));
}

TEST(FashionMnist, LoadsImagesLabelsAndStatistics) {
  TemporaryFolder const folder;
  write_fashion_mnist(folder.path());
  DataSet const data = load_fashion_mnist(folder.path());
  EXPECT_EQ(data.train.images.shape(), (Shape{20, 28, 28, 1}));
  EXPECT_EQ(data.test.images.shape(), (Shape{7, 28, 28, 1}));
  EXPECT_EQ(data.test.images.to_vector<u8>().front(), 5);
  EXPECT_EQ(data.test.labels.to_vector<i32>(), (std::vector<i32>{3, 4, 5, 6, 7, 8, 9}));
  ASSERT_EQ(data.mean.size(), 1u);
  EXPECT_EQ(data.class_names.size(), 10u);
}

TEST(FashionMnist, RefusesFilesThatDoNotFitEachOther) {
  TemporaryFolder const folder;
  write_fashion_mnist(folder.path());
  write_file(folder / "train-labels-idx1-ubyte", idx({19}, 0, 10));
  EXPECT_ERROR(load_fashion_mnist(folder.path()), "train-labels-idx1-ubyte: 19 labels for 20 images");
  write_file(folder / "train-labels-idx1-ubyte", idx({20}, 0, 11));
  EXPECT_ERROR(load_fashion_mnist(folder.path()), "label 10 of image 10 is above 9");
  write_file(folder / "train-images-idx3-ubyte", idx({20, 28, 14}));
  EXPECT_ERROR(load_fashion_mnist(folder.path()), "must be 28 x 28, they are 28 x 14");
  std::filesystem::remove(folder / "t10k-images-idx3-ubyte");
  EXPECT_ERROR(load_fashion_mnist(folder.path()), "t10k-images-idx3-ubyte: no such file, nor with .gz");
}

TEST(FashionMnist, DebiansPackageHasTheKnownCounts) {
  std::filesystem::path const folder = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  DataSet const data = load_fashion_mnist(folder);
  EXPECT_EQ(data.train.images.shape(), (Shape{60'000, 28, 28, 1}));
  EXPECT_EQ(data.test.images.shape(), (Shape{10'000, 28, 28, 1}));
  std::vector<int> count(10);
  for (i32 const label : data.test.labels.to_vector<i32>()) ++count[static_cast<std::size_t>(label)];
  EXPECT_EQ(count, std::vector<int>(10, 1000));
  // The figures that the field uses for this set.
  EXPECT_NEAR(data.mean[0], 0.2860, 5e-5);
  EXPECT_NEAR(data.deviation[0], 0.3530, 5e-5);
}

}  // namespace
}  // namespace heddle::train
