// Files of weights that PyTorch can read, and reading those that it wrote.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "nn/module.h"
#include "nn/safetensors.h"

namespace heddle::nn {

/// Writes all parameters and buffers by name, as `safetensors.torch.load_file` expects them: filters (every parameter
/// of rank 4) go from KRSC to PyTorch's OIHW. The columns of a Linear behind a Flatten stay in the order (h, w, c).
void save_weights(Module const& module, std::filesystem::path const& path,
                  std::map<std::string, std::string> const& metadata = {});

/// Fills the module (and its copies, where it computes in a half type) from such a file, on its device, and returns the
/// file's metadata. Throws an Error that says how many names are missing, unexpected, or of another shape or type, and
/// gives the first of each; the module is then as it was. BatchNorm's "num_batches_tracked" in files of PyTorch is
/// passed over.
std::map<std::string, std::string> load_weights(Module& module, std::filesystem::path const& path);

/// The elements of a filter [k, r, s, c] as PyTorch's [k, c, r, s], and back; on the host.
Tensor krsc_to_oihw(Tensor const& filter);
Tensor oihw_to_krsc(Tensor const& filter);

}  // namespace heddle::nn
