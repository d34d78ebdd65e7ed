// Which kernel makes a matrix product.
#pragma once

#include "kernels/core/error.h"

namespace heddle {

enum class GemmPath { automatic, plain, skinny, sm80, sm90 };

constexpr char const* name_of(GemmPath path) {
  switch (path) {
    case GemmPath::plain:
      return "plain";
    case GemmPath::skinny:
      return "skinny";
    case GemmPath::sm80:
      return "sm80";
    case GemmPath::sm90:
      return "sm90";
    default:
      return "automatic";
  }
}

/// A kernel, and the place of its configuration in gemm_<path>_configs.
struct GemmChoice {
  GemmPath path = GemmPath::automatic;
  int config = 0;
  friend constexpr bool operator==(GemmChoice const&, GemmChoice const&) = default;
};

/// What is thrown where the kernel asked for does not take the product.
class GemmRefusal : public Error {
 public:
  using Error::Error;
};

}  // namespace heddle
