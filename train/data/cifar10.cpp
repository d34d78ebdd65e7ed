// CIFAR-10 (Krizhevsky 2009, "Learning multiple layers of features from tiny images"), binary version.
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

#include "kernels/core/error.h"
#include "train/data/dataset.h"
#include "train/data/statistics.h"

namespace heddle::train {
namespace {

constexpr i64 side = 32, channels = 3, plane = side * side;
constexpr i64 record_bytes = 1 + channels * plane;
constexpr i64 records_per_file = 10'000;
constexpr i64 classes = 10;

std::ifstream open_batch(std::filesystem::path const& path) {
  std::error_code error;
  std::uintmax_t const bytes = std::filesystem::file_size(path, error);
  check(!error, "[data] ", path.native(), ": ", error.message());
  constexpr std::uintmax_t expected = records_per_file * record_bytes;
  check(bytes == expected, "[data] ", path.native(), ": ", bytes < expected ? "truncated" : "padded", ": ", bytes,
        " bytes, expected ", expected, " (", records_per_file, " records of ", record_bytes, ")");
  std::ifstream file(path, std::ios::binary);
  check(file.is_open(), "[data] ", path.native(), ": ", std::generic_category().message(errno));
  return file;
}

/// Fills `set`, whose images are [records_per_file, 32, 32, 3], turning planes of red, green and blue into pixels.
void read_batch(std::filesystem::path const& path, Tensor const& images, Tensor const& labels) {
  std::ifstream file = open_batch(path);
  std::vector<u8> record(record_bytes);
  u8* pixels = images.data<u8>();
  for (i64 i = 0; i < records_per_file; ++i) {
    file.read(reinterpret_cast<char*>(record.data()), record_bytes);
    check(file.good(), "[data] ", path.native(), ": reading failed at record ", i);
    check(record[0] < classes, "[data] ", path.native(), ": record ", i, " has label ", int{record[0]},
          ", the largest is ", classes - 1, ": the file is damaged or not CIFAR-10");
    labels.data<i32>()[i] = record[0];
    u8 const* const planes = record.data() + 1;
    for (i64 pixel = 0; pixel < plane; ++pixel)
      for (i64 c = 0; c < channels; ++c) *pixels++ = planes[c * plane + pixel];
  }
}

ImageSet read_batches(std::filesystem::path const& directory, std::vector<std::string> const& names) {
  i64 const count = static_cast<i64>(names.size()) * records_per_file;
  ImageSet const set = {Tensor::empty({count, side, side, channels}, DType::u8), Tensor::empty({count}, DType::i32)};
  for (i64 begin = 0; std::string const& name : names) {
    read_batch(directory / name, set.images.rows(begin, begin + records_per_file),
               set.labels.rows(begin, begin + records_per_file));
    begin += records_per_file;
  }
  return set;
}

}  // namespace

DataSet load_cifar10(std::filesystem::path const& directory) {
  DataSet data;
  data.name = "cifar10";
  data.class_names = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
  data.test = read_batches(directory, {"test_batch.bin"});
  data.train = read_batches(
      directory, {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"});
  auto const [mean, deviation] = channel_statistics(data.train.images);
  data.mean = mean;
  data.deviation = deviation;
  return data;
}

}  // namespace heddle::train
