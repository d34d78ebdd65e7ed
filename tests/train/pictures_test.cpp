#include "train/pictures.h"

#include <map>

#include "tests/support/fill.h"
#include "tests/train/folder.h"
#include "train/process.h"
#include "train/run_folder.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;
using testing::read_file;
using testing::TemporaryFolder;

class Pictures : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!run_process({"/usr/bin/python3", "-c", "import matplotlib"}).succeeded())
      GTEST_SKIP() << "python3-matplotlib is not installed";
  }

  fs::path run_folder(i64 epochs) {
    fs::path const path = folder_ / ("run" + std::to_string(epochs));
    RunFolder run(path, false);
    run.open_metrics(0);
    for (i64 epoch = 1; epoch <= epochs; ++epoch) {
      for (i64 step = epoch * 4 - 3; step <= epoch * 4; ++step) run.append(StepMetrics{step, epoch, 1, 0.5, 0.1, 1});
      run.append(EpochMetrics{epoch, 4 * epoch, 1, 0.5, 1, 0.5, 0.1});
    }
    run.flush();
    return path;
  }

  TemporaryFolder folder_;
};

Tensor random_probabilities(i64 count) { return Tensor::from(testing::uniform(10 * count, 1, 0, 0.2f), {count, 10}); }

/// Width and height of a PNG file; 0 where it is none.
std::pair<u32, u32> png_size(std::string const& bytes) {
  if (bytes.size() < 24 || !bytes.starts_with("\x89PNG\r\n\x1a\n")) return {0, 0};
  auto const word = [&](std::size_t at) {
    u32 value = 0;
    for (std::size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<u8>(bytes[i]);
    return value;
  };
  return {word(16), word(20)};
}

TEST_F(Pictures, AreWholeAndTheSameEveryTime) {
  fs::path const run = run_folder(2);
  DataSet const data = make_synthetic(10, 30, 1);
  std::map<std::string, std::pair<u32, u32>> const sizes = {
      {"curves.png", {1400, 440}}, {"predictions.png", {1400, 685}}, {"confusion.png", {1100, 1060}}};
  std::map<std::string, std::string> first;
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(draw_pictures(run, data, random_probabilities(30)), "");
    for (auto const& [name, size] : sizes) {
      std::string const bytes = read_file(run / name);
      EXPECT_EQ(png_size(bytes), size) << name;
      EXPECT_EQ(first.try_emplace(name, bytes).first->second, bytes) << name;
      fs::remove(run / name);
    }
  }
  for (auto const& left : fs::directory_iterator(run)) EXPECT_NE(left.path().extension(), ".tmp") << left.path();
}

TEST_F(Pictures, TakeGreyImagesAndARunOfNoEpoch) {
  DataSet data = make_synthetic(10, 5, 1);
  data.test.images = Tensor::zeros({5, 28, 28, 1}, DType::u8);
  fs::path const run = run_folder(0);
  EXPECT_EQ(draw_pictures(run, data, random_probabilities(5)), "");
  EXPECT_EQ(png_size(read_file(run / "predictions.png")).first, 1400u);
  EXPECT_EQ(png_size(read_file(run / "curves.png")).first, 1400u);
}

TEST_F(Pictures, SayWhyThereAreNone) {
  fs::path const run = run_folder(1);
  testing::write_file(run / "metrics.jsonl", "not JSON\n");
  std::string const reason = draw_pictures(run, make_synthetic(1, 2, 1), random_probabilities(2));
  EXPECT_TRUE(reason.starts_with("no pictures: ")) << reason;
  EXPECT_EQ(reason.find('\n'), std::string::npos) << reason;
  EXPECT_ERROR(draw_pictures(run, make_synthetic(1, 2, 1), random_probabilities(3)), "must be [2, 10]");
}

}  // namespace
}  // namespace heddle::train
