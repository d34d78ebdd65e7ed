#include <cstdlib>
#include <optional>

#include "tests/train/folder.h"
#include "train/data/dataset.h"
#include "train/data/download.h"
#include "train/process.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;
using testing::read_file;
using testing::TemporaryFolder;
using testing::write_file;

/// A variable of the environment, as it was before at the end of the scope.
class Environment {
 public:
  Environment(char const* name, std::string const& value) : name_(name) {
    if (char const* const old = std::getenv(name); old != nullptr) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    if (old_)
      ::setenv(name_, old_->c_str(), 1);
    else
      ::unsetenv(name_);
  }

 private:
  char const* name_;
  std::optional<std::string> old_;
};

/// One image of zeros and label 0 in each part.
void write_fashion_mnist(fs::path const& folder) {
  std::string const images = std::string("\0\0\x08\x03\0\0\0\x01\0\0\0\x1c\0\0\0\x1c", 16) + std::string(784, '\0');
  std::string const labels("\0\0\x08\x01\0\0\0\x01\0", 9);
  for (std::string const part : {"train", "t10k"}) {
    write_file(folder / (part + "-images-idx3-ubyte"), images);
    write_file(folder / (part + "-labels-idx1-ubyte"), labels);
  }
}

TEST(LoadDataset, FindsTheFilesInAGivenFolderOrBelow) {
  TemporaryFolder const folder;
  write_fashion_mnist(folder / "direct");
  write_fashion_mnist(folder / "above/fashion-mnist");
  EXPECT_EQ(load_dataset({"fashion-mnist", folder / "direct"}).name, "fashion-mnist");
  EXPECT_EQ(load_dataset({"fashion-mnist", folder / "above"}).train.images.size(0), 1);
  EXPECT_EQ(load_dataset({"", folder / "above"}).name, "fashion-mnist");
}

TEST(LoadDataset, NeverTakesAnotherPlaceThanTheGivenOne) {
  TemporaryFolder const folder;
  EXPECT_ERROR(load_dataset({"fashion-mnist", folder.path()}), "no Fashion-MNIST in " + folder.path().native());
  EXPECT_ERROR(load_dataset({"cifar10", folder.path()}), "no CIFAR-10 in " + folder.path().native());
  EXPECT_ERROR(load_dataset({"", folder.path()}), "neither CIFAR-10 nor Fashion-MNIST in");
  EXPECT_ERROR(load_dataset({"imagenet", {}}), "there are cifar10, fashion-mnist and synthetic");
}

TEST(LoadDataset, ReportsAnIncompleteSetInsteadOfGoingOn) {
  TemporaryFolder const folder;
  write_file(folder / "data_batch_1.bin", "short");
  EXPECT_ERROR(load_dataset({"", folder.path()}), "test_batch.bin: No such file");
}

TEST(LoadDataset, SaysInOneLineWhatItTakesInstead) {
  TemporaryFolder const folder;
  write_fashion_mnist(folder / "fashion-mnist");
  Environment const data("HEDDLE_DATA", folder.path().native());
  Environment const path("PATH", "/nowhere");  // neither curl nor wget
  ::testing::internal::CaptureStderr();
  DataSet const taken = load_dataset({});
  std::string const said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(taken.train.images.size(0), 1);
  EXPECT_EQ(said.find('\n'), said.size() - 1) << said;
  EXPECT_NE(said.find("neither curl nor wget is installed"), std::string::npos) << said;
  EXPECT_NE(said.find("training on Fashion-MNIST instead"), std::string::npos) << said;
  EXPECT_TRUE(fs::is_directory(folder / "fashion-mnist"));
}

TEST(LoadDataset, FailsWhereTheWantedSetCannotBeHad) {
  TemporaryFolder const folder;
  Environment const data("HEDDLE_DATA", folder.path().native());
  Environment const path("PATH", "/nowhere");
  ::testing::internal::CaptureStderr();
  EXPECT_ERROR(load_dataset({"cifar10", {}}), "cannot be downloaded (neither curl nor wget is installed)");
  ::testing::internal::GetCapturedStderr();
}

class Download : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!run_process({"curl", "--version"}).succeeded()) GTEST_SKIP() << "curl is not installed";
    write_file(folder_ / "set/one.bin", "hello");
    ASSERT_TRUE(run_process({"tar", "-czf", (folder_ / "set.tar.gz").native(), "-C", folder_.path().native(), "set"})
                    .succeeded());
    archive_ = {"file://" + (folder_ / "set.tar.gz").native(),
                run_process({"md5sum", (folder_ / "set.tar.gz").native()}).output.substr(0, 32), "set"};
  }

  std::string fetch() { return download(archive_, folder_ / "to"); }
  std::size_t files_left() {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_ / "to"), fs::directory_iterator()));
  }

  TemporaryFolder folder_;
  Archive archive_;
};

TEST_F(Download, UnpacksTheFolder) {
  EXPECT_EQ(fetch(), "");
  EXPECT_EQ(read_file(folder_ / "to/set/one.bin"), "hello");
  EXPECT_EQ(files_left(), 1u);
}

TEST_F(Download, RefusesAnotherChecksum) {
  archive_.md5 = std::string(32, '0');
  EXPECT_NE(fetch().find("expected " + archive_.md5), std::string::npos);
  EXPECT_EQ(files_left(), 0u);
}

TEST_F(Download, SaysWhyItFailed) {
  archive_.url += ".missing";
  std::string const reason = fetch();
  EXPECT_NE(reason.find("curl"), std::string::npos) << reason;
  EXPECT_EQ(reason.find('\n'), std::string::npos) << reason;
  EXPECT_EQ(files_left(), 0u);
}

TEST_F(Download, SaysWhereItCannotWrite) {
  write_file(folder_ / "file", "");
  EXPECT_NE(download(archive_, folder_ / "file").find("cannot write to"), std::string::npos);
}

TEST(Process, GivesExitCodeAndOutput) {
  EXPECT_EQ(run_process({"sh", "-c", "echo one; echo two >&2; exit 3"}).exit_code, 3);
  EXPECT_EQ(run_process({"sh", "-c", "echo one; echo two >&2; exit 3"}).last_line(), "two");
  EXPECT_EQ(run_process({"sh", "-c", "kill -9 $$"}).exit_code, 128 + 9);
  EXPECT_EQ(run_process({"cat"}).output, "");
  EXPECT_EQ(run_process({"printf", "%s", "$HOME; *"}).output, "$HOME; *");
  EXPECT_EQ(run_process({"no-such-program-anywhere"}).exit_code, 127);
  EXPECT_EQ(run_process({"true"}).last_line(), "");
}

}  // namespace
}  // namespace heddle::train
