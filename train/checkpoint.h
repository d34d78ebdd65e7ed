// All that a run needs to go on, as one safetensors file: tensors, and small values as text in its metadata.
#pragma once

#include "nn/safetensors.h"

namespace heddle::train {

class Checkpoint {
 public:
  Checkpoint();
  /// Throws an Error that names the file and the fault: missing, truncated, no checkpoint, of another format version.
  static Checkpoint read(std::filesystem::path const& path);
  /// Whole or not at all.
  void write(std::filesystem::path const& path) const;

  /// Numbers come back with the same bits.
  void put(std::string const& name, i64 value);
  void put(std::string const& name, double value);
  void put(std::string const& name, std::string const& value);
  /// Keeps handles, no copies, under the names prefix + name.
  void put(std::string const& prefix, std::vector<nn::NamedTensor> const& tensors);
  /// Their values, now.
  void put(std::string const& prefix, std::vector<nn::NamedGenerator> const& generators);

  /// Each throws an Error when there is no such value, or one of another kind.
  i64 integer(std::string const& name) const;
  double number(std::string const& name) const;
  std::string const& text(std::string const& name) const;
  /// Overwrites the elements of `tensors`. Throws an Error that names the first that is missing or has another shape or
  /// type, before any is overwritten.
  void get(std::string const& prefix, std::vector<nn::NamedTensor> const& tensors) const;
  /// Gives each generator the seed and the number of streams that it had.
  void get(std::string const& prefix, std::vector<nn::NamedGenerator> const& generators) const;

 private:
  std::string source_;  // the file, for messages
  nn::TensorFile file_;
};

}  // namespace heddle::train
