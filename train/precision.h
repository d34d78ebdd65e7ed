// In which formats a network computes. Parameters, norms, running statistics, sums and the loss are of f32 in all.
#pragma once

#include <string_view>

#include "train/step_numbers.h"

namespace heddle::train {

struct Precision {
  DType type = DType::f32;  // of activations, their gradients, and the weights and biases of products
  bool tf32 = false;        // products of f32 may round their operands to tf32
  LossScaleOptions loss_scale = {};
};

/// "f32", "tf32", "bf16" or "f16"; throws an Error for any other name. In f16, whose range ends at 65504 and 6e-8, the
/// loss scale starts at 65536 and doubles after 2000 finite steps; the others have the range of f32 and need none.
Precision precision_from_name(std::string_view name);

}  // namespace heddle::train
