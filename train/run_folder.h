// The folder that a run leaves: config.json, metrics.csv (epochs), metrics.jsonl (steps and epochs), timing.csv,
// the pictures, best.safetensors, last.ckpt. All but timing.csv are the same in every run of one seed.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "train/metrics.h"

namespace heddle::train {

/// An exclusive lock on a folder, which ends with the process however that ends.
class FolderLock {
 public:
  /// Throws an Error when another process has the lock.
  explicit FolderLock(std::filesystem::path const& folder);
  ~FolderLock();
  FolderLock(FolderLock const&) = delete;
  FolderLock& operator=(FolderLock const&) = delete;

 private:
  int descriptor_;
};

class RunFolder {
 public:
  /// Makes the folder, and takes away the half-written files of a run that was killed. Throws an Error that names path
  /// and reason when it cannot be written, when another process is at work in it, or when it holds a run already and
  /// `resume` is false.
  RunFolder(std::filesystem::path path, bool resume);

  std::filesystem::path const& path() const { return path_; }
  std::filesystem::path checkpoint() const { return path_ / "last.ckpt"; }
  std::filesystem::path best_weights() const { return path_ / "best.safetensors"; }

  void write_config(std::string const& json);
  /// Opens the metrics files and keeps of them only what is not after `last_step`: a resumed run goes on as if it
  /// had never been interrupted.
  void open_metrics(i64 last_step);
  void append(StepMetrics const& step);
  void append(EpochMetrics const& epoch);
  void append(Timing const& timing);
  /// Writes buffered lines to the disk. Throws an Error when the disk is full.
  void flush();

 private:
  std::filesystem::path path_;
  std::optional<FolderLock> lock_;
  std::ofstream csv_, jsonl_, timing_;
};

}  // namespace heddle::train
