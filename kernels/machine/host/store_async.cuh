// Stores that count themselves at a barrier of the block that they go to (PTX ISA, st.async). sm_90 and later.
#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/core/error.h"
#include "kernels/machine/host/bulk_copy.h"

namespace heddle::emulated {

/// Writes a value of 4, 8 or 16 bytes into the shared memory of the block of a rank, and counts its bytes at a barrier
/// there: `destination` and `barrier` are named as this block has them, and lie at the same place in the other.
/// Throws an Error in a cluster of one block, where PTX leaves it undefined, for a rank that is not there, and for an
/// address that is no multiple of the value's size.
template <class T>
void store_async(T* destination, std::type_identity_t<T> const& value, MBarrier& barrier, int rank,
                 std::source_location where = std::source_location::current()) {
  static_assert(std::is_trivially_copyable_v<T> && (sizeof(T) == 4 || sizeof(T) == 8 || sizeof(T) == 16));
  Cluster& cluster = Cluster::current("store_async");
  check(cluster.size() > 1, "store_async at ", describe(where),
        ": is undefined in a cluster of one block; store and call mbarrier_arrive there");
  check_aligned("store_async", "shared", destination, sizeof(T), where);
  cluster.map_shared(Block::current("store_async"), destination, rank, where);
  start_load({.name = "store_async",
              .where = where,
              .shared = destination,
              .bytes = sizeof(T),
              .barrier = barrier,
              .blocks = 1u << rank,
              .perform = [value, where, &cluster](Actor issuer, u8* shared) {
                cluster.block(issuer.rank).observe_for(issuer.thread, shared, sizeof(T), AccessKind::write, where);
                std::memcpy(shared, &value, sizeof(T));
              }});
}

}  // namespace heddle::emulated
