#include "nn/activation.h"

#include "ops/elementwise.h"

namespace heddle::nn {

std::string_view Activate::kind() const {
  switch (activation_) {
    case Activation::relu:
      return "ReLU";
    case Activation::gelu_erf:
      return "GELU";
    case Activation::gelu_tanh:
      return "GELU (tanh)";
    case Activation::silu:
      return "SiLU";
    case Activation::none:
      break;
  }
  return "Identity";
}

Tensor Activate::forward(Tensor const& x) { return ops::activate(x, activation_); }

}  // namespace heddle::nn
