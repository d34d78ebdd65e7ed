// Integer arithmetic that shapes and launches share.
#pragma once

#include <concepts>

namespace heddle {

/// The smallest integer that is not below a / b, for a >= 0 and b > 0.
template <std::integral Integer>
constexpr Integer ceil_div(Integer a, Integer b) {
  return a / b + (a % b != 0 ? 1 : 0);
}

/// The smallest multiple of b that is not below a, for a >= 0 and b > 0.
template <std::integral Integer>
constexpr Integer round_up(Integer a, Integer b) {
  return ceil_div(a, b) * b;
}

}  // namespace heddle
