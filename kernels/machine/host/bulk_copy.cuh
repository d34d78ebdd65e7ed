// Asynchronous copies of contiguous memory (PTX ISA, cp.async.bulk). One thread issues one. Addresses and sizes are
// multiples of 16 bytes.
//
// What is written to shared memory counts its bytes at a barrier: who has waited for the phase sees it. Copies to
// global memory are gathered into groups, like cp_async, which the thread that issued them waits for. Shared memory
// that is read must be written before a fence_proxy_async.
//
// Every function throws an Error for an address or a size that is not such a multiple, shared memory out of bounds, and
// a block that is not there.
#pragma once

#include <cstring>

#include "kernels/machine/cache_policy.h"
#include "kernels/machine/host/bulk_copy.h"
#include "kernels/machine/host/reduction.h"

namespace heddle::emulated {

namespace detail {

inline void bulk_load(char const* name, void* shared, void const* source, u32 bytes, MBarrier& barrier, u32 blocks,
                      std::source_location where) {
  check_aligned(name, "destination", shared, 16, where);
  check_aligned(name, "source", source, 16, where);
  check_bulk_bytes(name, bytes, where);
  Cluster& cluster = Cluster::current(name);
  start_load({name, where, shared, bytes, barrier, blocks, [=, &cluster](Actor issuer, u8* destination) {
                Block& block = cluster.block(issuer.rank);
                block.observe_for(issuer.thread, source, bytes, AccessKind::read, where);
                block.observe_for(issuer.thread, destination, bytes, AccessKind::write, where);
                std::memcpy(destination, source, bytes);
              }});
}

/// write(global, bytes, count) puts what was read of shared memory in place.
template <class Write>
void bulk_store(char const* name, void* global, void const* shared, u32 bytes, AccessKind kind,
                std::source_location where, Write write) {
  check_aligned(name, "destination", global, 16, where);
  check_aligned(name, "source", shared, 16, where);
  check_bulk_bytes(name, bytes, where);
  Cluster& cluster = Cluster::current(name);
  start_store({name, where, shared, bytes, [=, &cluster](Actor issuer, u8 const* values) {
                 cluster.block(issuer.rank).observe_for(issuer.thread, global, bytes, kind, where);
                 write(global, values, bytes);
               }});
}

}  // namespace detail

/// Global to shared memory of this block.
inline void bulk_load(void* shared, void const* global, u32 bytes, MBarrier& barrier,
                      CachePolicy = CachePolicy::evict_normal,
                      std::source_location where = std::source_location::current()) {
  detail::bulk_load("bulk_load", shared, global, bytes, barrier, this_block(), where);
}

/// Global to shared memory of each block of the cluster whose bit is set in `blocks`, at the same place, counted at the
/// barrier at the same place.
inline void bulk_load_multicast(void* shared, void const* global, u32 bytes, MBarrier& barrier, u32 blocks,
                                CachePolicy = CachePolicy::evict_normal,
                                std::source_location where = std::source_location::current()) {
  detail::bulk_load("bulk_load_multicast", shared, global, bytes, barrier, blocks, where);
}

/// Shared memory of this block to that of the block of a rank: `destination` and `barrier` are named as this block has
/// them, and lie at the same place in the other.
inline void bulk_send(void* destination, void const* shared, u32 bytes, MBarrier& barrier, int rank,
                      std::source_location where = std::source_location::current()) {
  Block::current("bulk_send").check_shared("bulk_send", shared, bytes, where);
  detail::bulk_load("bulk_send", destination, shared, bytes, barrier, 1u << rank, where);
}

/// Shared to global memory.
inline void bulk_store(void* global, void const* shared, u32 bytes, CachePolicy = CachePolicy::evict_normal,
                       std::source_location where = std::source_location::current()) {
  detail::bulk_store("bulk_store", global, shared, bytes, AccessKind::write, where,
                     [](void* to, u8 const* values, u32 count) { std::memcpy(to, values, count); });
}

/// Adds elements in shared memory to those in global memory, each atomically, in no particular order. T is u32, i32,
/// u64, f32, f16 or bf16; f32 flushes subnormals to zero.
template <class T>
void bulk_reduce_add(T* global, T const* shared, u32 bytes, CachePolicy = CachePolicy::evict_normal,
                     std::source_location where = std::source_location::current()) {
  detail::bulk_store("bulk_reduce_add", global, shared, bytes, AccessKind::atomic, where, add_elements<T>);
}

/// Global memory to the second-level cache.
inline void bulk_prefetch(void const* global, u32 bytes, std::source_location where = std::source_location::current()) {
  Block::current("bulk_prefetch").check_architecture("bulk_prefetch", 90);
  check_aligned("bulk_prefetch", "source", global, 16, where);
  check_bulk_bytes("bulk_prefetch", bytes, where);
}

/// Makes a group of the copies to global memory that this thread has issued since the last.
inline void bulk_commit() { commit_stores(); }

/// Waits until all but the newest `pending` groups of this thread are written.
template <int pending>
void bulk_wait() {
  wait_for_stores(pending, false);
}

/// Waits until all but the newest `pending` groups of this thread have read shared memory, which may then change.
template <int pending>
void bulk_wait_read() {
  wait_for_stores(pending, true);
}

}  // namespace heddle::emulated
