// Which kernel makes a convolution.
#pragma once

#include "kernels/core/error.h"

namespace heddle {

enum class ConvPath { automatic, plain, depthwise, gemm, sm80, sm90 };

constexpr char const* name_of(ConvPath path) {
  switch (path) {
    case ConvPath::plain:
      return "plain";
    case ConvPath::depthwise:
      return "depthwise";
    case ConvPath::gemm:
      return "gemm";
    case ConvPath::sm80:
      return "sm80";
    case ConvPath::sm90:
      return "sm90";
    default:
      return "automatic";
  }
}

/// A kernel, and the place of its configuration among those of its path.
struct ConvChoice {
  ConvPath path = ConvPath::automatic;
  int config = 0;
  friend constexpr bool operator==(ConvChoice const&, ConvChoice const&) = default;
};

/// What is thrown where the kernel asked for does not take the convolution.
class ConvRefusal : public Error {
 public:
  using Error::Error;
};

}  // namespace heddle
