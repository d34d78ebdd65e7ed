// What a kernel object says of itself beyond its threads: machine.cuh describes the members.
#pragma once

#include <cstddef>
#include <type_traits>

namespace heddle {

/// Bytes of shared memory of a block: none for an empty SharedStorage.
template <class Kernel>
constexpr std::size_t shared_bytes_of() {
  using Storage = typename Kernel::SharedStorage;
  static_assert(std::is_trivially_destructible_v<Storage> && alignof(Storage) <= 1024);
  return std::is_empty_v<Storage> ? 0 : sizeof(Storage);
}

/// Kernel::cluster_size; 1 where the kernel has none.
template <class Kernel>
constexpr int cluster_size_of() {
  if constexpr (requires { Kernel::cluster_size; })
    return Kernel::cluster_size;
  else
    return 1;
}

/// Kernel::min_blocks; 0, which asks for nothing, where the kernel has none.
template <class Kernel>
constexpr int min_blocks_of() {
  if constexpr (requires { Kernel::min_blocks; })
    return Kernel::min_blocks;
  else
    return 0;
}

/// Kernel::overlaps_previous; false where the kernel has none.
template <class Kernel>
constexpr bool overlaps_previous() {
  if constexpr (requires { Kernel::overlaps_previous; })
    return Kernel::overlaps_previous;
  else
    return false;
}

}  // namespace heddle
