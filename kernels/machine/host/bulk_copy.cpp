#include "kernels/machine/host/bulk_copy.h"

#include <cstdint>
#include <cstring>
#include <memory>

#include "kernels/core/error.h"
#include "kernels/machine/host/mbarrier.h"

namespace heddle::emulated {
namespace {

/// To one of the blocks that receive it.
void issue_load(Block& block, std::shared_ptr<BulkLoad const> const& load, int rank) {
  Cluster& cluster = block.cluster();
  auto* const shared = static_cast<u8*>(cluster.map_shared(block, load->shared, rank, load->where));
  auto& barrier = *static_cast<MBarrier*>(cluster.map_shared(block, &load->barrier, rank, load->where));
  BarrierUse const use = {load->name, load->where};
  check_barrier(cluster.block(rank), barrier, use);
  if (!cluster.operations().eager()) std::memset(shared, 0xff, load->bytes);
  cluster.operations().issue({.name = load->name,
                              .where = load->where,
                              .issuer = block.actor(),
                              .queue = &barrier,
                              .async_proxy = true,
                              .outlives_block = false,
                              .perform = [=, &cluster, &barrier, issuer = block.actor()] {
                                if (cluster.block(rank).ended())
                                  fail(load->name, " from ", describe(load->where), ": writes to block ", rank,
                                       " of the cluster, which has ended: end with cluster_sync");
                                load->perform(issuer, shared);
                                complete_bytes(cluster, barrier, load->bytes, use);
                              }});
}

}  // namespace

u32 this_block() { return 1u << Block::current("bulk copy").rank(); }

void check_aligned(char const* name, char const* what, void const* address, u32 multiple, std::source_location where) {
  if (reinterpret_cast<std::uintptr_t>(address) % multiple != 0)
    fail(name, " at ", describe(where), ": the ", what, " address must be a multiple of ", multiple,
         " bytes: address=", address, "; align what is copied with alignas(", multiple, ")");
}

void check_bulk_bytes(char const* name, u32 bytes, std::source_location where) {
  if (bytes == 0 || bytes % 16 != 0)
    fail(name, " at ", describe(where), ": the size must be a multiple of 16 bytes above 0: bytes=", bytes,
         "; copy the rest by threads");
}

void start_load(BulkLoad load) {
  Block& block = Block::current(load.name);
  block.check_architecture(load.name, 90);
  block.check_shared(load.name, load.shared, load.bytes, load.where);
  if (load.blocks == 0 || load.blocks >> block.cluster().size() != 0)
    fail(load.name, " at ", describe(load.where), ": the mask must name blocks of the cluster of ",
         block.cluster().size(), ": blocks=", load.blocks);
  auto const shared_load = std::make_shared<BulkLoad const>(std::move(load));
  for (int rank = 0; rank < block.cluster().size(); ++rank)
    if (shared_load->blocks >> rank & 1u) issue_load(block, shared_load, rank);
}

void start_store(BulkStore store) {
  Block& block = Block::current(store.name);
  block.check_architecture(store.name, 90);
  block.check_shared(store.name, store.shared, store.bytes, store.where);
  Actor const issuer = block.actor();
  auto const bytes = std::make_shared<std::vector<u8>>();
  AsyncOperations& operations = block.cluster().operations();
  operations.issue({.name = store.name,
                    .where = store.where,
                    .issuer = issuer,
                    .queue = block.bulk_reads_of(issuer.thread),
                    .async_proxy = true,
                    .outlives_block = false,
                    .perform = [=, &block, shared = static_cast<u8 const*>(store.shared)] {
                      block.observe_for(issuer.thread, shared, store.bytes, AccessKind::read, store.where);
                      bytes->assign(shared, shared + store.bytes);
                    }});
  operations.issue({.name = store.name,
                    .where = store.where,
                    .issuer = issuer,
                    .queue = block.bulk_writes_of(issuer.thread),
                    .async_proxy = true,
                    .after = block.bulk_reads_of(issuer.thread),
                    .perform = [=] { store.perform(issuer, bytes->data()); }});
}

void commit_stores() {
  Block& block = Block::current("bulk_commit");
  block.check_architecture("bulk_commit", 90);
  block.cluster().operations().commit(block.bulk_reads_of(block.running_thread()));
  block.cluster().operations().commit(block.bulk_writes_of(block.running_thread()));
}

void wait_for_stores(int pending, bool only_read) {
  Block& block = Block::current("bulk_wait");
  block.check_architecture("bulk_wait", 90);
  int const thread = block.running_thread();
  block.cluster().operations().wait(block.actor(), block.bulk_reads_of(thread), pending);
  if (!only_read) block.cluster().operations().wait(block.actor(), block.bulk_writes_of(thread), pending);
}

}  // namespace heddle::emulated
