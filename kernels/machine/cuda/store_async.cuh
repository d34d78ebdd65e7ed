// Stores that count themselves at a barrier of the block that they go to (PTX ISA, st.async). sm_90 and later.
#pragma once

#include <bit>
#include <type_traits>

#include "kernels/machine/cuda/access.cuh"
#include "kernels/machine/cuda/architecture.cuh"
#include "kernels/machine/cuda/shared_address.cuh"
#include "kernels/machine/mbarrier.h"

namespace heddle::cuda {

/// Writes a value of 4, 8 or 16 bytes into the shared memory of the block of a rank, and counts its bytes at a barrier
/// there: `destination` and `barrier` are named as this block has them, and lie at the same place in the other. The
/// cluster has two blocks or more; the address is a multiple of the value's size.
template <class T>
__device__ void store_async(T* destination, std::type_identity_t<T> const& value, MBarrier& barrier, int rank) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8 || sizeof(T) == 16);
  if constexpr (architecture >= 90) {
    u32 const to = shared_address(destination, rank), counter = shared_address(&barrier, rank);
    auto const words = std::bit_cast<detail::WordOf<T>>(value);
    if constexpr (sizeof(T) == 4)
      asm volatile("st.async.weak.shared::cluster.mbarrier::complete_tx::bytes.b32 [%0], %1, [%2];" ::"r"(to),
                   "r"(words), "r"(counter)
                   : "memory");
    else if constexpr (sizeof(T) == 8)
      asm volatile("st.async.weak.shared::cluster.mbarrier::complete_tx::bytes.v2.b32 [%0], {%1, %2}, [%3];" ::"r"(to),
                   "r"(words.x), "r"(words.y), "r"(counter)
                   : "memory");
    else
      asm volatile(
          "st.async.weak.shared::cluster.mbarrier::complete_tx::bytes.v4.b32 [%0], {%1, %2, %3, %4}, [%5];" ::"r"(to),
          "r"(words.x), "r"(words.y), "r"(words.z), "r"(words.w), "r"(counter)
          : "memory");
  } else {
    __trap();
  }
}

}  // namespace heddle::cuda
