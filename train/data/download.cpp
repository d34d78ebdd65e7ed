#include "train/data/download.h"

#include <unistd.h>

#include <system_error>

#include "train/process.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone, with all in it, at the end of its scope.
struct TemporaryFolder {
  fs::path path;

  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

std::string reason_of(std::string const& program, ProcessResult const& result) {
  std::string const line = result.last_line();
  return line.empty() ? program + " failed with exit code " + std::to_string(result.exit_code) : line;
}

std::string fetch(std::string const& url, fs::path const& file) {
  ProcessResult const curl =
      run_process({"curl", "--fail", "--silent", "--show-error", "--location", "--connect-timeout", "4",
                   "--speed-limit", "1000", "--speed-time", "30", "--output", file.native(), url});
  if (curl.succeeded()) return {};
  if (curl.exit_code != 127) return reason_of("curl", curl);
  ProcessResult const wget = run_process(
      {"wget", "--no-verbose", "--tries=1", "--dns-timeout=4", "--connect-timeout=4", "-O", file.native(), url});
  if (wget.succeeded()) return {};
  return wget.exit_code == 127 ? "neither curl nor wget is installed" : reason_of("wget", wget);
}

std::string verify(fs::path const& file, std::string const& md5) {
  ProcessResult const sum = run_process({"md5sum", "--", file.native()});
  if (!sum.succeeded()) return reason_of("md5sum", sum);
  std::string const digits = sum.output.substr(0, md5.size());
  return digits == md5 ? std::string() : "the checksum of what came is " + digits + ", expected " + md5;
}

}  // namespace

Archive cifar10_archive() {
  return {"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530",
          "cifar-10-batches-bin"};
}

std::string download(Archive const& archive, fs::path const& directory) {
  TemporaryFolder const temporary = {directory / (".download." + std::to_string(::getpid()))};
  std::error_code error;
  fs::create_directories(temporary.path, error);
  if (error) return "cannot write to " + directory.native() + ": " + error.message();

  fs::path const file = temporary.path / "archive.tar.gz";
  if (std::string const reason = fetch(archive.url, file); !reason.empty()) return reason;
  if (std::string const reason = verify(file, archive.md5); !reason.empty()) return reason;
  ProcessResult const tar =
      run_process({"tar", "-xzf", file.native(), "-C", temporary.path.native(), "--no-same-owner", archive.folder});
  if (!tar.succeeded()) return "cannot unpack it: " + reason_of("tar", tar);
  fs::rename(temporary.path / archive.folder, directory / archive.folder, error);
  return error ? "cannot write to " + directory.native() + ": " + error.message() : std::string();
}

}  // namespace heddle::train
