// Bulk copies of the emulator, behind the functions of bulk_copy.cuh and tensor_copy.cuh: what moves is a function,
// when it moves, where the bytes are counted and what is checked stands here.
#pragma once

#include <functional>
#include <source_location>
#include <vector>

#include "kernels/machine/host/scheduler/cluster.h"
#include "kernels/machine/mbarrier.h"

namespace heddle::emulated {

/// A copy into shared memory, whose bytes a barrier counts.
struct BulkLoad {
  char const* name;
  std::source_location where;
  void* shared;  // as the calling block has it, like the barrier
  u32 bytes;     // of each block that receives them
  MBarrier& barrier;
  u32 blocks;  // bits of the ranks that receive them, at the same place
  /// Writes them for the thread that issued it. `shared` is the same place in the block that receives.
  std::function<void(Actor issuer, u8* shared)> perform;
};

/// A copy from shared memory, which the thread waits for in groups.
struct BulkStore {
  char const* name;
  std::source_location where;
  void const* shared;
  u32 bytes;
  /// Writes what has been read.
  std::function<void(Actor issuer, u8 const* bytes)> perform;
};

void start_load(BulkLoad load);
void start_store(BulkStore store);
u32 this_block();

/// Throws an Error unless the address is a multiple of `multiple`.
void check_aligned(char const* name, char const* what, void const* address, u32 multiple, std::source_location where);
/// Likewise for a size.
void check_bulk_bytes(char const* name, u32 bytes, std::source_location where);

void commit_stores();
void wait_for_stores(int pending, bool only_read);

}  // namespace heddle::emulated
