// Labelled images in memory, and the sets that a program can name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ops/tensor.h"

namespace heddle::train {

struct ImageSet {
  Tensor images;  // [count, h, w, c] u8
  Tensor labels;  // [count] i32
};

struct DataSet {
  std::string name;  // "cifar10", "fashion-mnist", "synthetic"
  std::vector<std::string> class_names;
  ImageSet train, test;
  std::vector<f32> mean, deviation;  // [c], of the training images' values in [0, 1]
};

/// CIFAR-10 in its binary layout: data_batch_1.bin to data_batch_5.bin and test_batch.bin, each of records of 1 label
/// byte and 3072 pixel bytes. The structure is checked, not the checksums. Throws an Error that names the file and the
/// fault: missing, truncated, padded, a label above 9.
DataSet load_cifar10(std::filesystem::path const& directory);

/// Fashion-MNIST in its IDX files, plain or gzip-compressed: train-images-idx3-ubyte[.gz] and so on.
DataSet load_fashion_mnist(std::filesystem::path const& directory);

/// Ten classes of textured shapes, 32 x 32 x 3, drawn from the seed alone.
DataSet make_synthetic(i64 train_count, i64 test_count, u64 seed);

struct DataChoice {
  std::string dataset;             // "cifar10", "fashion-mnist", "synthetic", or "" for the best that can be had
  std::filesystem::path data_dir;  // empty: $HEDDLE_DATA, data/, then the system's folders, then a download
};

/// Finds and loads. For "" it tries CIFAR-10, Fashion-MNIST and the synthetic set in this order, and says in one line
/// on standard error what it could not have and what it takes instead.
DataSet load_dataset(DataChoice const& choice);

}  // namespace heddle::train
