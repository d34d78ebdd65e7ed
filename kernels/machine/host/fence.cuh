// Orders of memory between threads, and between the ways to reach it. The emulator's memory is always in order: the
// fences are what the access checker asks for.
#pragma once

#include <atomic>

#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {

/// What this thread wrote to shared memory by plain stores, and what it has seen of others, may be read by bulk copies
/// and wgmma that are issued after it, by this thread or, past a barrier, by others (PTX ISA, fence.proxy.async).
inline void fence_proxy_async() {
  Block& block = Block::current("fence_proxy_async");
  block.check_architecture("fence_proxy_async", 90);
  if (Observer* const observer = block.cluster().observer()) observer->proxy_fenced(block.actor());
}

/// Reports a fence to who watches.
inline void fence(char const* name) {
  Block& block = Block::current(name);
  if (Observer* const observer = block.cluster().observer()) observer->fenced(block.actor());
}

/// As __threadfence, for the threads of the cluster.
inline void fence_cluster() {
  Block::current("fence_cluster").check_architecture("fence_cluster", 90);
  fence("fence_cluster");
}

/// Reads a word that another block releases: what that block wrote before is then seen. Meant for loops: others run
/// before each look.
inline u32 load_acquire(u32 const* address, std::source_location where = std::source_location::current()) {
  Block& block = Block::current("load_acquire");
  block.sleep({"load_acquire", nullptr, where, nullptr});
  block.observe(address, sizeof *address, AccessKind::atomic, where);
  fence("load_acquire");
  return std::atomic_ref(*const_cast<u32*>(address)).load();
}

/// Writes a word after all that this thread wrote, or has seen, before.
inline void store_release(u32* address, u32 value, std::source_location where = std::source_location::current()) {
  fence("store_release");
  Block::current("store_release").observe(address, sizeof *address, AccessKind::atomic, where);
  std::atomic_ref(*address).store(value);
}

}  // namespace heddle::emulated

inline void __threadfence() { heddle::emulated::fence("__threadfence"); }
inline void __threadfence_block() { heddle::emulated::fence("__threadfence_block"); }
