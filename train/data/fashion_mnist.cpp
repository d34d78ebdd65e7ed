// Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747).
#include <system_error>

#include "kernels/core/error.h"
#include "train/data/dataset.h"
#include "train/data/idx.h"
#include "train/data/statistics.h"

namespace heddle::train {
namespace {

constexpr i64 side = 28;
constexpr u8 classes = 10;

/// The plain file where there is one, else the compressed one.
std::filesystem::path find_file(std::filesystem::path const& directory, std::string const& name) {
  std::filesystem::path const plain = directory / name, compressed = directory / (name + ".gz");
  std::error_code error;
  if (std::filesystem::exists(plain, error)) return plain;
  check(std::filesystem::exists(compressed, error), "[data] ", plain.native(), ": no such file, nor with .gz");
  return compressed;
}

ImageSet read_part(std::filesystem::path const& directory, std::string const& part) {
  std::filesystem::path const images_path = find_file(directory, part + "-images-idx3-ubyte");
  std::filesystem::path const labels_path = find_file(directory, part + "-labels-idx1-ubyte");
  Tensor const images = read_idx(images_path, 3), labels = read_idx(labels_path, 1);
  i64 const count = images.size(0);
  check(images.size(1) == side && images.size(2) == side, "[data] ", images_path.native(), ": images must be ", side,
        " x ", side, ", they are ", images.size(1), " x ", images.size(2));
  check(count > 0, "[data] ", images_path.native(), ": there are no images in it");
  check(labels.size(0) == count, "[data] ", labels_path.native(), ": ", labels.size(0), " labels for ", count,
        " images");

  std::vector<i32> wide;
  for (u8 const label : labels.to_vector<u8>()) {
    check(label < classes, "[data] ", labels_path.native(), ": label ", int{label}, " of image ", wide.size(),
          " is above ", classes - 1);
    wide.push_back(label);
  }
  return {images.view({count, side, side, 1}), Tensor::from(wide, {count})};
}

}  // namespace

DataSet load_fashion_mnist(std::filesystem::path const& directory) {
  DataSet data;
  data.name = "fashion-mnist";
  data.class_names = {"T-shirt", "trouser", "pullover", "dress", "coat",
                      "sandal",  "shirt",   "sneaker",  "bag",   "ankle boot"};
  data.test = read_part(directory, "t10k");
  data.train = read_part(directory, "train");
  auto const [mean, deviation] = channel_statistics(data.train.images);
  data.mean = mean;
  data.deviation = deviation;
  return data;
}

}  // namespace heddle::train
