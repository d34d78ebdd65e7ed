// Where data sets are looked for, and what is taken when one is not there.
#include <cstdlib>
#include <iostream>
#include <optional>
#include <system_error>

#include "kernels/core/error.h"
#include "train/data/dataset.h"
#include "train/data/download.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;

constexpr i64 synthetic_train_count = 10'000, synthetic_test_count = 2'000;
constexpr u64 synthetic_seed = 1;

/// What tells that a folder is meant to hold a set: any of its files, so that a missing one is reported, not ignored.
struct Layout {
  std::vector<std::string> folders;  // where it lies below a data folder; "" for the folder itself
  std::vector<std::string> files;
  DataSet (*load)(fs::path const&);
};

Layout const& cifar10_layout() {
  static Layout const layout = {{"", "cifar-10-batches-bin", "cifar10"},
                                {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                                 "data_batch_5.bin", "test_batch.bin"},
                                load_cifar10};
  return layout;
}

Layout const& fashion_mnist_layout() {
  static Layout const layout = {{"", "fashion-mnist", "FashionMNIST/raw"},
                                {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                                 "t10k-labels-idx1-ubyte", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
                                 "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"},
                                load_fashion_mnist};
  return layout;
}

/// The data folders to search, in order. A folder that the user named is the only one.
std::vector<fs::path> roots(fs::path const& data_dir) {
  if (!data_dir.empty()) return {data_dir};
  std::vector<fs::path> result;
  if (char const* const named = std::getenv("HEDDLE_DATA"); named != nullptr && *named != '\0')
    result.emplace_back(named);
  for (char const* const folder : {"data", "/usr/share/datasets", "/usr/local/share/datasets"})
    result.emplace_back(folder);
  return result;
}

/// A folder that the user named.
void check_folder(fs::path const& data_dir) {
  if (data_dir.empty()) return;
  std::error_code error;
  fs::directory_iterator const readable(data_dir, error);
  check(!error, "[data] cannot read the folder ", data_dir.native(), ": ", error.message());
}

std::optional<DataSet> find(Layout const& layout, fs::path const& data_dir) {
  for (fs::path const& root : roots(data_dir))
    for (std::string const& folder : layout.folders)
      for (std::string const& file : layout.files) {
        fs::path const place = folder.empty() ? root : root / folder;
        std::error_code ignored;
        if (fs::exists(place / file, ignored)) return layout.load(place);
      }
  return std::nullopt;
}

/// In $HEDDLE_DATA, or in data/, where the next run finds it. Returns "" or the reason why it cannot be had; the line
/// on standard error is then left open for what follows from it.
std::string download_cifar10() {
  std::cerr << "CIFAR-10 is not here; downloading it (163 MB) … ";
  std::string const reason = download(cifar10_archive(), roots({}).front());
  if (reason.empty())
    std::cerr << "done\n";
  else
    std::cerr << "failed (" << reason << ")";
  return reason;
}

DataSet require_cifar10(fs::path const& data_dir) {
  if (std::optional<DataSet> data = find(cifar10_layout(), data_dir)) return *data;
  check(data_dir.empty(), "[data] no CIFAR-10 in ", data_dir.native(),
        ": it must hold data_batch_1.bin to data_batch_5.bin and test_batch.bin");
  if (std::string const reason = download_cifar10(); !reason.empty()) {
    std::cerr << "\n";
    fail("[data] CIFAR-10 is not here and cannot be downloaded (", reason, "): give --data-dir, or unpack ",
         cifar10_archive().url, " in data/");
  }
  return *find(cifar10_layout(), {});
}

DataSet require_fashion_mnist(fs::path const& data_dir) {
  if (std::optional<DataSet> data = find(fashion_mnist_layout(), data_dir)) return *data;
  std::string const place = data_dir.empty() ? "$HEDDLE_DATA, data/ or /usr/share/datasets" : data_dir.native();
  fail("[data] no Fashion-MNIST in ", place, ": install Debian's dataset-fashion-mnist, or give --data-dir");
}

DataSet synthetic() { return make_synthetic(synthetic_train_count, synthetic_test_count, synthetic_seed); }

DataSet best_of(fs::path const& data_dir) {
  if (std::optional<DataSet> data = find(cifar10_layout(), data_dir)) return *data;
  if (!data_dir.empty()) {
    if (std::optional<DataSet> data = find(fashion_mnist_layout(), data_dir)) return *data;
    fail("[data] neither CIFAR-10 nor Fashion-MNIST in ", data_dir.native(),
         ": give the folder of data_batch_1.bin or of train-images-idx3-ubyte, or --dataset synthetic");
  }
  if (download_cifar10().empty()) return *find(cifar10_layout(), {});
  std::optional<DataSet> fashion_mnist = find(fashion_mnist_layout(), {});
  std::cerr << "; training on "
            << (fashion_mnist ? "Fashion-MNIST" : "generated images, for want of Fashion-MNIST too,")
            << " instead; give --data-dir with the folder of data_batch_1.bin to have it\n";
  return fashion_mnist ? *fashion_mnist : synthetic();
}

}  // namespace

DataSet load_dataset(DataChoice const& choice) {
  if (choice.dataset != "synthetic") check_folder(choice.data_dir);
  if (choice.dataset.empty()) return best_of(choice.data_dir);
  if (choice.dataset == "cifar10") return require_cifar10(choice.data_dir);
  if (choice.dataset == "fashion-mnist") return require_fashion_mnist(choice.data_dir);
  check(choice.dataset == "synthetic", "[data] no data set ", choice.dataset,
        ": there are cifar10, fashion-mnist and synthetic");
  return synthetic();
}

}  // namespace heddle::train
