#include "train/precision.h"

#include "kernels/core/error.h"

namespace heddle::train {

Precision precision_from_name(std::string_view name) {
  if (name == "f32") return {};
  if (name == "tf32") return {.tf32 = true};
  if (name == "bf16") return {.type = DType::bf16};
  if (name == "f16") return {.type = DType::f16, .loss_scale = {.first = 65536, .growth_steps = 2000}};
  fail("[precision] must be one of f32, tf32, bf16, f16: ", name);
}

}  // namespace heddle::train
