#include "kernels/machine/host/mbarrier.h"

#include <cstdint>
#include <cstdlib>

#include "kernels/core/error.h"
#include "kernels/machine/host/mbarrier_state.h"

namespace heddle::emulated {
namespace {

template <class... Parts>
[[noreturn]] void refuse(BarrierUse use, Parts const&... parts) {
  fail(use.name, " at ", describe(use.where), ": ", parts...);
}

void check_initialised(MBarrier const& barrier, BarrierUse use) {
  if (is_initialised(barrier)) return;
  refuse(use, "the barrier at ", &barrier, " is not initialised, or overwritten: state=", barrier.state,
         "; call mbarrier_init in one thread, and a barrier of the block after it");
}

void check_place(Block const& block, MBarrier const& barrier, BarrierUse use) {
  if (reinterpret_cast<std::uintptr_t>(&barrier) % 8 != 0)
    refuse(use, "an mbarrier lies at a multiple of 8 bytes: address=", &barrier);
  block.check_shared(use.name, &barrier, sizeof barrier, use.where);
}

/// A barrier of the cluster, at a place that need not be in the block of the thread that runs.
void check_anywhere(Block& block, MBarrier const& barrier, BarrierUse use) {
  Cluster& cluster = block.cluster();
  for (int rank = 0; rank < cluster.size(); ++rank) {
    auto const shared = cluster.block(rank).shared();
    auto const* const byte = reinterpret_cast<u8 const*>(&barrier);
    if (byte >= shared.data() && byte < shared.data() + shared.size()) {
      check_place(cluster.block(rank), barrier, use);
      return check_initialised(barrier, use);
    }
  }
  check_barrier(block, barrier, use);
}

void expect(MBarrierState& state, i64 bytes, BarrierUse use) {
  i64 const sum = state.bytes + bytes;
  if (std::abs(sum) > i64{max_mbarrier_bytes})
    refuse(use, "expected and written bytes of a phase may differ by at most ", max_mbarrier_bytes, ": they would by ",
           sum, "; split the copy between barriers");
  state.bytes = static_cast<i32>(sum);
}

void arrive(MBarrierState& state, u32 arrivals, BarrierUse use) {
  if (arrivals > state.pending)
    refuse(use, "more arrivals than the phase takes: ", arrivals, " when ", describe(state),
           "; raise the count of mbarrier_init, or let fewer threads arrive");
  state.pending -= arrivals;
}

/// The current phase takes one arrival more.
void raise_count(MBarrier& barrier, BarrierUse use) {
  MBarrierState state(barrier);
  if (state.pending == max_mbarrier_count)
    refuse(use, "a phase lacks at most ", max_mbarrier_count, " arrivals: ", describe(state));
  ++state.pending;
  barrier = state.packed();
}

/// What stands for the arrivals from other blocks, which only mbarrier_wait_cluster takes in.
void const* for_the_cluster(MBarrier const& barrier) { return reinterpret_cast<u8 const*>(&barrier) + 1; }

/// Writes a state back, of the next phase when the current one is complete.
void update(Cluster& cluster, MBarrier& barrier, MBarrierState state) {
  bool const completed = state.phase_is_complete();
  if (completed) {
    state.pending = state.expected;
    state.parity ^= 1;
    cluster.operations().commit(&barrier);
    if (Observer* const observer = cluster.observer()) {
      observer->published(&barrier);
      observer->published(for_the_cluster(barrier));
    }
  }
  barrier = state.packed();
  if (completed) cluster.notify(&barrier);
}

void observe(Block& block, MBarrier& barrier, AccessKind kind, BarrierUse use) {
  block.observe(&barrier, sizeof barrier, kind, use.where);
}

void released(Block& block, MBarrier const& barrier) {
  Observer* const observer = block.cluster().observer();
  if (observer == nullptr) return;
  auto const* const byte = reinterpret_cast<u8 const*>(&barrier);
  bool const own = byte >= block.shared().data() && byte < block.shared().data() + block.shared().size();
  observer->released(block.actor(), own ? &barrier : for_the_cluster(barrier));
}

void acquired(Block& block, MBarrier const& barrier, Scope scope) {
  Observer* const observer = block.cluster().observer();
  if (observer == nullptr) return;
  observer->acquired(block.actor(), &barrier);
  if (scope == Scope::cluster) observer->acquired(block.actor(), for_the_cluster(barrier));
  u64 const phase = block.cluster().operations().open_group(&barrier);
  if (phase > 0) observer->group_awaited(block.actor(), &barrier, phase - 1);
}

std::string what_it_lacks(void const* barrier) {
  return describe(MBarrierState(*static_cast<MBarrier const*>(barrier)));
}

}  // namespace

std::string describe(MBarrierState const& state) {
  return "the phase of parity " + std::to_string(state.parity) + " lacks " + std::to_string(state.pending) +
         " arrivals and " + std::to_string(state.bytes) + " bytes";
}

void check_barrier(Block const& block, MBarrier const& barrier, BarrierUse use) {
  check_place(block, barrier, use);
  check_initialised(barrier, use);
}

void start_barrier(MBarrier& barrier, u32 count, BarrierUse use) {
  Block& block = Block::current(use.name);
  check_place(block, barrier, use);
  if (count < 1 || count > max_mbarrier_count)
    refuse(use, "a barrier takes 1 to ", max_mbarrier_count, " arrivals: count=", count);
  if (!block.cluster().mbarriers().insert(&barrier).second)
    refuse(use, "the barrier at ", &barrier, " is initialised already: call mbarrier_invalidate first");
  observe(block, barrier, AccessKind::write, use);
  barrier = MBarrierState(count).packed();
}

void end_barrier(MBarrier& barrier, BarrierUse use) {
  Block& block = Block::current(use.name);
  check_barrier(block, barrier, use);
  observe(block, barrier, AccessKind::write, use);
  barrier.state = ~u64{0};
  block.cluster().mbarriers().erase(&barrier);
}

void expect_at(MBarrier& barrier, u32 bytes, BarrierUse use) {
  Block& block = Block::current(use.name);
  check_anywhere(block, barrier, use);
  observe(block, barrier, AccessKind::atomic, use);
  MBarrierState state(barrier);
  expect(state, bytes, use);
  update(block.cluster(), barrier, state);
}

void arrive_at(MBarrier& barrier, u32 arrivals, u32 expected_bytes, BarrierUse use) {
  Block& block = Block::current(use.name);
  check_anywhere(block, barrier, use);
  if (arrivals < 1) refuse(use, "a thread arrives once or more: count=", arrivals);
  observe(block, barrier, AccessKind::atomic, use);
  released(block, barrier);
  MBarrierState state(barrier);
  expect(state, expected_bytes, use);
  arrive(state, arrivals, use);
  update(block.cluster(), barrier, state);
}

void arrive_and_drop(MBarrier& barrier, BarrierUse use) {
  Block& block = Block::current(use.name);
  check_barrier(block, barrier, use);
  observe(block, barrier, AccessKind::atomic, use);
  released(block, barrier);
  MBarrierState state(barrier);
  arrive(state, 1, use);
  --state.expected;
  update(block.cluster(), barrier, state);
}

void arrive_after_copies(MBarrier& barrier, bool raises_count, BarrierUse use) {
  Block& block = Block::current(use.name);
  block.check_architecture(use.name, 80);
  check_barrier(block, barrier, use);
  observe(block, barrier, AccessKind::atomic, use);
  if (raises_count) raise_count(barrier, use);
  AsyncOperations& operations = block.cluster().operations();
  Queue const copies = block.copies_of(block.running_thread());
  operations.issue({.name = use.name,
                    .where = use.where,
                    .issuer = block.actor(),
                    .queue = copies,
                    .in_order = true,
                    .outlives_block = false,
                    .perform = [&, copies, group = operations.open_group(copies), use] {
                      Cluster& cluster = block.cluster();
                      check_initialised(barrier, use);
                      if (Observer* const observer = cluster.observer())
                        observer->queue_released(copies, group, &barrier);
                      MBarrierState state(barrier);
                      arrive(state, 1, use);
                      update(cluster, barrier, state);
                    }});
}

bool has_completed(MBarrier& barrier, u32 parity, Scope scope, BarrierUse use) {
  Block& block = Block::current(use.name);
  check_barrier(block, barrier, use);
  if (parity > 1) refuse(use, "a parity is 0 or 1: parity=", parity);
  observe(block, barrier, AccessKind::atomic, use);
  if (MBarrierState(barrier).parity == parity) return false;
  acquired(block, barrier, scope);
  return true;
}

bool look_at_phase(MBarrier& barrier, u32 parity, BarrierUse use) {
  constexpr Scope scope = Scope::block;
  if (has_completed(barrier, parity, scope, use)) return true;
  Block::current(use.name).sleep({use.name, nullptr, use.where, nullptr});
  return has_completed(barrier, parity, scope, use);
}

void wait_for_phase(MBarrier& barrier, u32 parity, Scope scope, BarrierUse use) {
  Block::current(use.name).wait_until({use.name, &barrier, use.where, what_it_lacks},
                                      [&] { return has_completed(barrier, parity, scope, use); });
}

void complete_bytes(Cluster& cluster, MBarrier& barrier, u32 bytes, BarrierUse use) {
  check_initialised(barrier, use);
  MBarrierState state(barrier);
  expect(state, -i64{bytes}, use);
  update(cluster, barrier, state);
}

}  // namespace heddle::emulated
