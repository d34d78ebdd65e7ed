#include "kernels/core/error.h"
#include "kernels/machine/host/mbarrier.h"
#include "kernels/machine/host/mbarrier_state.h"

namespace heddle::emulated {
namespace {

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

bool has_completed(MBarrier& barrier, u32 parity, Scope scope, BarrierUse use) {
  Block& block = Block::current(use.name);
  check_barrier(block, barrier, use);
  if (parity > 1) fail(use.name, " at ", describe(use.where), ": a parity is 0 or 1: parity=", parity);
  block.observe(&barrier, sizeof barrier, AccessKind::atomic, use.where);
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

}  // namespace heddle::emulated
