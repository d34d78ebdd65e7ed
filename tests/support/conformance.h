// What every layer must do: right gradients, weights that survive a file, modes that touch only what they should, and
// the names that files of weights rely on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nn/module.h"
#include "ops/generator.h"

namespace heddle::testing {

struct Conformance {
  std::function<std::shared_ptr<nn::Module>(Generator&)> make;
  Shape x, y;                           // an input, and the output that it gives
  std::vector<std::string> parameters;  // names, in order
  std::vector<std::string> buffers = {};
  /// Compares gradients with finite differences. For compositions with ReLU, whose kinks cannot be kept away from, the
  /// comparison with PyTorch takes their place.
  bool differences = true;
};

/// Runs all checks; each failure says which.
void expect_conforms(Conformance const& expected);

}  // namespace heddle::testing
