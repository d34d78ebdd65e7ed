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

}  // namespace

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
  check_barrier_of_cluster(block, barrier, use);
  observe(block, barrier, AccessKind::atomic, use);
  MBarrierState state(barrier);
  expect(state, bytes, use);
  update(block.cluster(), barrier, state);
}

void arrive_at(MBarrier& barrier, u32 arrivals, u32 expected_bytes, BarrierUse use) {
  Block& block = Block::current(use.name);
  check_barrier_of_cluster(block, barrier, use);
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

void complete_bytes(Cluster& cluster, MBarrier& barrier, u32 bytes, BarrierUse use) {
  check_initialised(barrier, use);
  MBarrierState state(barrier);
  expect(state, -i64{bytes}, use);
  update(cluster, barrier, state);
}

}  // namespace heddle::emulated
