// Fetching a data set from its home page.
#pragma once

#include <filesystem>
#include <string>

namespace heddle::train {

struct Archive {
  std::string url;     // of a .tar.gz
  std::string md5;     // 32 hexadecimal digits
  std::string folder;  // the one folder in it
};

/// CIFAR-10's, 163 MB.
Archive cifar10_archive();

/// Fetches the archive with curl or wget, compares its checksum, and unpacks its folder into `directory`, where it
/// appears whole or not at all. Returns "" or the reason why it could not be had; without a network, within 5 seconds.
std::string download(Archive const& archive, std::filesystem::path const& directory);

}  // namespace heddle::train
