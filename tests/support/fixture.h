// Access to the fixtures that tests/fixtures/*.py wrote with PyTorch.
#pragma once

#include <string>

#include "nn/safetensors.h"

namespace heddle::testing {

/// tests/fixtures/<family>.safetensors.
inline nn::TensorFile fixture(std::string const& family) {
  return nn::read_safetensors(std::string(HEDDLE_FIXTURES) + "/" + family + ".safetensors");
}

/// One tensor of it as f32 values.
inline std::vector<f32> values(nn::TensorFile const& file, std::string const& name) {
  return file.at(name).to_vector<f32>();
}

}  // namespace heddle::testing
