// Asynchronous copies of contiguous memory (PTX ISA, cp.async.bulk). One thread issues one. Addresses and sizes are
// multiples of 16 bytes.
//
// What is written to shared memory counts its bytes at a barrier: who has waited for the phase sees it. Copies to
// global memory are gathered into groups, like cp_async, which the thread that issued them waits for. Shared memory
// that is read must be written before a fence_proxy_async.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/cache_policy.h"
#include "kernels/machine/cuda/architecture.cuh"
#include "kernels/machine/cuda/shared_address.cuh"
#include "kernels/machine/mbarrier.h"

namespace heddle::cuda {

/// Global to shared memory of this block.
__device__ inline void bulk_load(void* shared, void const* global, u32 bytes, MBarrier& barrier,
                                 CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    asm volatile(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint [%0], [%1], %2, [%3], %4;" ::
            "r"(shared_address(shared)),
        "l"(__cvta_generic_to_global(global)), "r"(bytes), "r"(shared_address(&barrier)), "l"(policy)
        : "memory");
  else
    __trap();
}

/// Global to shared memory of each block of the cluster whose bit is set in `blocks`, at the same place, counted at the
/// barrier at the same place.
__device__ inline void bulk_load_multicast(void* shared, void const* global, u32 bytes, MBarrier& barrier, u32 blocks,
                                           CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    asm volatile(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster.L2::cache_hint"
        " [%0], [%1], %2, [%3], %4, %5;" ::"r"(shared_address(shared)),
        "l"(__cvta_generic_to_global(global)), "r"(bytes), "r"(shared_address(&barrier)),
        "h"(static_cast<unsigned short>(blocks)), "l"(policy)
        : "memory");
  else
    __trap();
}

/// Shared memory of this block to that of the block of a rank: `destination` and `barrier` are named as this block has
/// them, and lie at the same place in the other.
__device__ inline void bulk_send(void* destination, void const* shared, u32 bytes, MBarrier& barrier, int rank) {
  if constexpr (architecture >= 90)
    asm volatile("cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(
                     shared_address(destination, rank)),
                 "r"(shared_address(shared)), "r"(bytes), "r"(shared_address(&barrier, rank))
                 : "memory");
  else
    __trap();
}

/// Shared to global memory.
__device__ inline void bulk_store(void* global, void const* shared, u32 bytes,
                                  CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    asm volatile("cp.async.bulk.global.shared::cta.bulk_group.L2::cache_hint [%0], [%1], %2, %3;" ::"l"(
                     __cvta_generic_to_global(global)),
                 "r"(shared_address(shared)), "r"(bytes), "l"(policy)
                 : "memory");
  else
    __trap();
}

namespace detail {

template <class T>
struct BulkAddition;
template <>
struct BulkAddition<u32> {
  static constexpr char type[] = "u32";
};
template <>
struct BulkAddition<i32> {
  static constexpr char type[] = "s32";
};
template <>
struct BulkAddition<u64> {
  static constexpr char type[] = "u64";
};
template <>
struct BulkAddition<f32> {
  static constexpr char type[] = "f32";
};
template <>
struct BulkAddition<f16> {
  static constexpr char type[] = "noftz.f16";
};
template <>
struct BulkAddition<bf16> {
  static constexpr char type[] = "noftz.bf16";
};

}  // namespace detail

/// Adds elements in shared memory to those in global memory, each atomically, in no particular order. T is u32, i32,
/// u64, f32, f16 or bf16; f32 flushes subnormals to zero.
template <class T>
__device__ void bulk_reduce_add(T* global, T const* shared, u32 bytes, CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    asm volatile("cp.reduce.async.bulk.global.shared::cta.bulk_group.L2::cache_hint.add.%4 [%0], [%1], %2, %3;" ::"l"(
                     __cvta_generic_to_global(global)),
                 "r"(shared_address(shared)), "r"(bytes), "l"(policy), "C"(detail::BulkAddition<T>::type)
                 : "memory");
  else
    __trap();
}

/// Global memory to the second-level cache.
__device__ inline void bulk_prefetch(void const* global, u32 bytes) {
  if constexpr (architecture >= 90)
    asm volatile("cp.async.bulk.prefetch.L2.global [%0], %1;" ::"l"(__cvta_generic_to_global(global)), "r"(bytes)
                 : "memory");
  else
    __trap();
}

/// Makes a group of the copies to global memory that this thread has issued since the last.
__device__ inline void bulk_commit() {
  if constexpr (architecture >= 90)
    asm volatile("cp.async.bulk.commit_group;" ::: "memory");
  else
    __trap();
}

/// Waits until all but the newest `pending` groups of this thread are written.
template <int pending>
__device__ void bulk_wait() {
  if constexpr (architecture >= 90)
    asm volatile("cp.async.bulk.wait_group %0;" ::"n"(pending) : "memory");
  else
    __trap();
}

/// Waits until all but the newest `pending` groups of this thread have read shared memory, which may then change.
template <int pending>
__device__ void bulk_wait_read() {
  if constexpr (architecture >= 90)
    asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(pending) : "memory");
  else
    __trap();
}

}  // namespace heddle::cuda
