// From a configuration that is known when the program runs to the kernel that was compiled for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

namespace heddle {

/// Calls body.operator()<candidate>() for the candidate that equals `config`; for none, when there is no such
/// candidate. `candidates` is a constexpr array.
template <auto const& candidates, class Config, class Body>
void with_config(Config const& config, Body const& body) {
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    ((config == candidates[i] ? body.template operator()<candidates[i]>() : void()), ...);
  }
  (std::make_index_sequence<std::size(candidates)>{});
}

/// Whether all pointers are multiples of 16 bytes, as the widest accesses need. Null is.
template <class... Pointers>
bool aligned(Pointers... pointers) {
  return ((reinterpret_cast<std::uintptr_t>(pointers) % 16 == 0) && ...);
}

}  // namespace heddle
