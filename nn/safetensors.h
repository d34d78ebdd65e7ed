// The safetensors format: 8 bytes of header length (little endian), a JSON header, then the elements.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "nn/module.h"

namespace heddle::nn {

struct TensorFile {
  std::vector<NamedTensor> tensors;             // in the order of their data
  std::map<std::string, std::string> metadata;  // "__metadata__"

  /// Throws an Error that lists what there is when the name is not among them.
  Tensor const& at(std::string const& name) const;
};

/// Reads a file on the host. Refuses, with an Error that names the file and the fault, a header or offsets that do not
/// fit the file, overlaps, holes, unknown types, sizes that do not match; never reads or allocates beyond the file.
TensorFile read_safetensors(std::filesystem::path const& path);

/// Writes the file whole or not at all: a temporary beside it, flushed to disk, then renamed.
void write_safetensors(std::filesystem::path const& path, TensorFile const& file);

}  // namespace heddle::nn
