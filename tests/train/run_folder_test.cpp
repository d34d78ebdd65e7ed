#include "train/run_folder.h"

#include <sys/resource.h>

#include <csignal>
#include <limits>

#include "tests/train/folder.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;
using testing::read_file;
using testing::TemporaryFolder;
using testing::write_file;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr i64 steps_per_epoch = 3;

/// What a run writes in steps [first, last].
void write_steps(RunFolder& run, i64 first, i64 last) {
  for (i64 step = first; step <= last; ++step) {
    i64 const epoch = (step - 1) / steps_per_epoch + 1;
    double const loss = 1.0 / static_cast<double>(step);
    run.append(StepMetrics{step, epoch, loss, 0.1, 0.01, 2});
    if (step % steps_per_epoch == 0) {
      run.append(EpochMetrics{epoch, step, loss, 0.5, loss / 3, 0.25, 0.01});
      run.append(Timing{epoch, 1.5, 1000});
    }
  }
  run.flush();
}

std::vector<std::string> metrics_of(fs::path const& path) {
  return {read_file(path / "metrics.csv"), read_file(path / "metrics.jsonl"), read_file(path / "timing.csv")};
}

TEST(RunFolder, WritesNumbersThatReadBackExactly) {
  TemporaryFolder const folder;
  RunFolder run(folder / "a/b", false);
  run.open_metrics(0);
  run.append(StepMetrics{1, 1, 0.1, 1.0 / 3, 1e-5, 12});
  run.append(EpochMetrics{1, 1, 0.1, 1.0 / 3, 2.5, 1, 1e-5});
  run.append(Timing{1, 0.25, 512});
  run.flush();
  EXPECT_EQ(metrics_of(run.path()),
            (std::vector<std::string>{
                "epoch,step,train_loss,train_accuracy,validation_loss,validation_accuracy,learning_rate,skipped_steps\n"
                "1,1,0.1,0.3333333333333333,2.5,1,1e-05,0\n",
                R"({"kind":"step","step":1,"epoch":1,"loss":0.1,"accuracy":0.3333333333333333,)"
                R"("learning_rate":1e-05,"gradient_norm":12,"loss_scale":1,"skipped":false})"
                "\n"
                R"({"kind":"epoch","epoch":1,"step":1,"train_loss":0.1,"train_accuracy":0.3333333333333333,)"
                R"("validation_loss":2.5,"validation_accuracy":1,"learning_rate":1e-05,"skipped_steps":0})"
                "\n",
                "epoch,seconds,images_per_s\n1,0.25,512\n"}));
}

TEST(RunFolder, NeverWritesNanOrInfinity) {
  TemporaryFolder const folder;
  RunFolder run(folder / "run", false);
  run.open_metrics(0);
  run.append(StepMetrics{1, 1, nan, infinity, 1, -infinity});
  run.append(EpochMetrics{1, 1, 1, 1, nan, nan, 1});
  run.append(Timing{1, 0, infinity});
  run.flush();
  for (std::string const& text : metrics_of(run.path())) {
    EXPECT_EQ(text.find("nan"), std::string::npos) << text;
    EXPECT_EQ(text.find("inf"), std::string::npos) << text;
  }
  EXPECT_NE(metrics_of(run.path())[1].find(R"("loss":null,"accuracy":null)"), std::string::npos);
  EXPECT_NE(metrics_of(run.path())[0].find("1,1,1,1,,,1,0\n"), std::string::npos);
}

TEST(RunFolder, ResumedRunLeavesTheFilesOfAnUninterruptedOne) {
  TemporaryFolder const folder;
  RunFolder whole(folder / "whole", false);
  whole.open_metrics(0);
  write_steps(whole, 1, 11);
  for (i64 const checkpoint : {0, 2, 3, 4, 6, 7, 11}) {
    fs::path const path = folder / ("resumed" + std::to_string(checkpoint));
    {
      RunFolder killed(path, false);
      killed.open_metrics(0);
      write_steps(killed, 1, 8);
    }
    for (char const* const name : {"metrics.csv", "metrics.jsonl", "timing.csv"})  // torn by kill -9
      std::ofstream(path / name, std::ios::app) << "{\"kind\":\"st";
    RunFolder resumed(path, true);
    resumed.open_metrics(checkpoint);
    write_steps(resumed, std::min<i64>(checkpoint, 8) + 1, 11);
    EXPECT_EQ(metrics_of(path), metrics_of(whole.path())) << "from step " << checkpoint;
  }
}

TEST(RunFolder, ResumesWithTornHeaderOrWithoutMetrics) {
  TemporaryFolder const folder;
  write_file(folder / "metrics.csv", "epoch,st");
  RunFolder run(folder.path(), true);
  run.open_metrics(5);
  EXPECT_EQ(read_file(folder / "metrics.csv"),
            "epoch,step,train_loss,train_accuracy,validation_loss,validation_accuracy,learning_rate,skipped_steps\n");
  EXPECT_EQ(read_file(folder / "metrics.jsonl"), "");
}

TEST(RunFolder, KeepsFilesThatItDoesNotKnow) {
  TemporaryFolder const folder;
  write_file(folder / "metrics.csv", "time,loss\n1,2\n");
  RunFolder run(folder.path(), true);
  EXPECT_ERROR(run.open_metrics(5), "metrics.csv does not start with the columns of this program");
  EXPECT_EQ(read_file(folder / "metrics.csv"), "time,loss\n1,2\n");
}

TEST(RunFolder, RefusesAFolderThatHoldsARun) {
  TemporaryFolder const folder;
  RunFolder(folder / "run", false).write_config("{}");
  EXPECT_ERROR(RunFolder(folder / "run", false), "holds a run already");
  EXPECT_NO_THROW(RunFolder(folder / "run", true));
  EXPECT_EQ(read_file(folder / "run/config.json"), "{}");
}

TEST(RunFolder, RefusesWhatIsInTheWay) {
  TemporaryFolder const folder;
  write_file(folder / "file", "kept");
  EXPECT_ERROR(RunFolder(folder / "file", false), "file");
  EXPECT_ERROR(RunFolder(folder / "file/below", false), "cannot make the folder");
  fs::create_symlink("nowhere", folder / "dangling");
  EXPECT_ERROR(RunFolder(folder / "dangling", false), "dangling");
  EXPECT_ERROR(RunFolder(folder / "none", true), "no run to resume");
  EXPECT_EQ(read_file(folder / "file"), "kept");
  fs::create_directories(folder / "run/metrics.csv/x");
  RunFolder run(folder / "run", true);
  EXPECT_ERROR(run.open_metrics(0), "metrics.csv");
}

TEST(RunFolder, RefusesAFolderWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  TemporaryFolder const folder;
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_ERROR(RunFolder(folder / "run", false), "Permission denied");
  EXPECT_ERROR(RunFolder(folder.path(), false), "Permission denied");
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST(RunFolder, RefusesMetricsBeforeTheyAreOpen) {
  TemporaryFolder const folder;
  RunFolder run(folder.path(), false);
  EXPECT_ERROR(run.append(Timing{}), "timing.csv is not open yet");
}

/// A limit on the size of files stands in for a full disk.
TEST(RunFolder, NamesTheFileWhenNothingCanBeWritten) {
  TemporaryFolder const folder;
  RunFolder run(folder / "run", false);
  run.open_metrics(0);
  rlimit before = {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  auto const handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit const small = {100, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  std::string const text = testing::error_of([&] { write_steps(run, 1, 5); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(text.find("cannot write " + (folder / "run/metrics.").native()), std::string::npos) << text;
  EXPECT_NE(text.find("File too large"), std::string::npos) << text;
}

}  // namespace
}  // namespace heddle::train
