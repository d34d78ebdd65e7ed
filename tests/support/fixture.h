// Access to the fixtures that tests/fixtures/*.py wrote with PyTorch.
#pragma once

#include <cstdlib>
#include <string>

#include "nn/safetensors.h"

namespace heddle::testing {

/// Where the fixtures are: $HEDDLE_FIXTURES_DIR for programs that left the source tree, else tests/fixtures.
inline std::string fixtures_folder() {
  char const* const moved = std::getenv("HEDDLE_FIXTURES_DIR");
  return moved ? moved : HEDDLE_FIXTURES;
}

/// tests/fixtures/<family>.safetensors.
inline nn::TensorFile fixture(std::string const& family) {
  return nn::read_safetensors(fixtures_folder() + "/" + family + ".safetensors");
}

/// One tensor of it as f32 values.
inline std::vector<f32> values(nn::TensorFile const& file, std::string const& name) {
  return file.at(name).to_vector<f32>();
}

}  // namespace heddle::testing
