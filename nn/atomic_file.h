// A file that appears whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace heddle::nn {

/// Writes a temporary beside `path`, which takes its place in `commit`. Until then `path` is as it was, whatever
/// happens; without a commit the temporary is removed. Errors name the path and the system's reason.
class AtomicFile {
 public:
  /// Throws an Error when a file cannot be made there.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(AtomicFile const&) = delete;
  AtomicFile& operator=(AtomicFile const&) = delete;

  void write(std::span<std::byte const> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }

  /// Flushes the file to disk, gives it its name, and flushes the folder.
  void commit();

 private:
  [[noreturn]] void fail_with(int error) const;
  void close_and_remove() noexcept;

  std::filesystem::path path_, temporary_;
  int descriptor_ = -1;
};

}  // namespace heddle::nn
