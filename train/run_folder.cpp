#include "train/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>
#include <utility>

#include "kernels/core/error.h"
#include "nn/atomic_file.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;

constexpr char const* csv_name = "metrics.csv";
constexpr char const* jsonl_name = "metrics.jsonl";
constexpr char const* timing_name = "timing.csv";
constexpr char const* partial_extension = ".partial";  // of nn::AtomicFile
constexpr char const* csv_header =
    "epoch,step,train_loss,train_accuracy,validation_loss,validation_accuracy,learning_rate,skipped_steps\n";
constexpr char const* timing_header = "epoch,seconds,images_per_s\n";

/// The shortest decimal that reads back as the same number, or `otherwise` where there is none.
std::string number(double value, char const* otherwise) {
  return std::isfinite(value) ? fmt::format("{}", value) : otherwise;
}

std::string reason(int error) { return error == 0 ? "writing failed" : std::generic_category().message(error); }

/// Cell `column` of a line of comma-separated values as a count, or -1.
i64 csv_count(std::string const& line, int column) {
  std::istringstream cells(line);
  std::string cell;
  for (int i = 0; i <= column; ++i) std::getline(cells, cell, ',');
  bool const digits = !cell.empty() && cell.size() < 19 && cell.find_first_not_of("0123456789") == std::string::npos;
  return digits ? std::stoll(cell) : -1;
}

i64 json_step(std::string const& line) {
  auto const object = nlohmann::json::parse(line, nullptr, false);
  return object.is_object() && object.contains("step") && object["step"].is_number_integer() ? object["step"].get<i64>()
                                                                                             : -1;
}

/// Leaves of the file its header and the lines after it up to the first that is torn or that `keep` does not want, and
/// opens it behind them. Returns what was left.
std::string open_after(std::ofstream& stream, fs::path const& path, std::string const& header,
                       std::function<bool(std::string const&)> const& keep) {
  std::string kept = header;
  if (std::error_code error; fs::exists(path, error)) {
    check(fs::is_regular_file(path, error), "[run] ", path.native(), " is not a file: move it away");
    std::ifstream old(path);
    check(old.is_open(), "[run] cannot read ", path.native(), ": ", reason(errno));
    std::string const text(std::istreambuf_iterator<char>(old), {});
    bool const torn_header = header.starts_with(text);
    check(torn_header || text.starts_with(header), "[run] ", path.native(),
          " does not start with the columns of this program: move it away to resume without it");
    std::size_t begin = header.size();
    for (std::size_t end; !torn_header && (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      std::string const line = text.substr(begin, end - begin);
      if (!keep(line)) break;
      kept += line + '\n';
    }
  }
  nn::AtomicFile file(path);
  file.write(kept);
  file.commit();
  errno = 0;
  stream.close();
  stream.clear();
  stream.open(path, std::ios::app);
  check(stream.is_open(), "[run] cannot write ", path.native(), ": ", reason(errno));
  return kept;
}

void write(std::ofstream& stream, fs::path const& path, std::string const& line) {
  check(stream.is_open(), "[run] ", path.native(), " is not open yet: open_metrics comes first");
  errno = 0;
  stream << line;
  check(stream.good(), "[run] cannot write ", path.native(), ": ", reason(errno));
}

void flush_one(std::ofstream& stream, fs::path const& path) {
  errno = 0;
  stream.flush();
  check(stream.good(), "[run] cannot write ", path.native(), ": ", reason(errno));
}

void remove_partial_files(fs::path const& folder) {
  std::error_code ignored;
  for (auto const& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == partial_extension) fs::remove(entry.path(), ignored);
}

}  // namespace

FolderLock::FolderLock(fs::path const& folder)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  check(descriptor_ >= 0, "[run] cannot read the folder ", folder.native(), ": ", reason(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;  // some file systems have no locks
  ::close(descriptor_);
  fail("[run] another process is at work in ", folder.native(), ": wait for its end, or give another --run-dir");
}

FolderLock::~FolderLock() { ::close(descriptor_); }

RunFolder::RunFolder(fs::path path, bool resume) : path_(std::move(path)) {
  std::error_code error;
  bool const there = fs::exists(path_, error);
  check(!resume || there, "[run] no run to resume in ", path_.native(), ": there is no such folder");
  fs::create_directories(path_, error);
  check(!error, "[run] cannot make the folder ", path_.native(), ": ", error.message());
  check(fs::is_directory(path_, error), "[run] ", path_.native(), " is not a folder: give another --run-dir");
  bool const writable = ::access(path_.c_str(), W_OK | X_OK) == 0;
  check(writable, "[run] cannot write to the folder ", path_.native(), ": ", reason(errno));
  lock_.emplace(path_);
  remove_partial_files(path_);
  if (resume) return;
  for (fs::path const& trace : {path_ / "config.json", path_ / csv_name, checkpoint()})
    check(!fs::exists(trace, error), "[run] ", path_.native(),
          " holds a run already: give --resume to continue it, or another --run-dir");
}

void RunFolder::write_config(std::string const& json) {
  nn::AtomicFile file(path_ / "config.json");
  file.write(json);
  file.commit();
}

void RunFolder::open_metrics(i64 last_step) {
  auto const csv_keep = [&](std::string const& line) {
    i64 const step = csv_count(line, 1);
    return step >= 0 && step <= last_step;
  };
  std::string const epochs = open_after(csv_, path_ / csv_name, csv_header, csv_keep);
  open_after(jsonl_, path_ / jsonl_name, "", [&](std::string const& line) {
    i64 const step = json_step(line);
    return step >= 0 && step <= last_step;
  });
  // Timing has no step: it goes as far as the epochs that were kept.
  i64 const last_epoch = csv_count(epochs.substr(epochs.find_last_of('\n', epochs.size() - 2) + 1), 0);
  open_after(timing_, path_ / timing_name, timing_header, [&](std::string const& line) {
    i64 const epoch = csv_count(line, 0);
    return epoch >= 0 && epoch <= last_epoch;
  });
}

void RunFolder::append(StepMetrics const& step) {
  write(jsonl_, path_ / jsonl_name,
        fmt::format(R"({{"kind":"step","step":{},"epoch":{},"loss":{},"accuracy":{},"learning_rate":{},)"
                    R"("gradient_norm":{},"loss_scale":{},"skipped":{}}})"
                    "\n",
                    step.step, step.epoch, number(step.loss, "null"), number(step.accuracy, "null"),
                    number(step.learning_rate, "null"), number(step.gradient_norm, "null"),
                    number(step.loss_scale, "null"), step.skipped));
}

void RunFolder::append(EpochMetrics const& epoch) {
  auto const format = [&](char const* text, char const* otherwise) {
    return fmt::format(fmt::runtime(text), epoch.epoch, epoch.step, number(epoch.train_loss, otherwise),
                       number(epoch.train_accuracy, otherwise), number(epoch.validation_loss, otherwise),
                       number(epoch.validation_accuracy, otherwise), number(epoch.learning_rate, otherwise),
                       epoch.skipped_steps);
  };
  write(csv_, path_ / csv_name, format("{},{},{},{},{},{},{},{}\n", ""));
  write(jsonl_, path_ / jsonl_name,
        format(R"({{"kind":"epoch","epoch":{},"step":{},"train_loss":{},"train_accuracy":{},"validation_loss":{},)"
               R"("validation_accuracy":{},"learning_rate":{},"skipped_steps":{}}})"
               "\n",
               "null"));
}

void RunFolder::append(Timing const& timing) {
  write(timing_, path_ / timing_name,
        fmt::format("{},{},{}\n", timing.epoch, number(timing.seconds, ""), number(timing.images_per_s, "")));
}

void RunFolder::flush() {
  flush_one(csv_, path_ / csv_name);
  flush_one(jsonl_, path_ / jsonl_name);
  flush_one(timing_, path_ / timing_name);
}

}  // namespace heddle::train
