#include <cstdint>

#include "kernels/core/error.h"
#include "kernels/machine/host/mbarrier.h"
#include "kernels/machine/host/mbarrier_state.h"

namespace heddle::emulated {
namespace {

template <class... Parts>
[[noreturn]] void refuse(BarrierUse use, Parts const&... parts) {
  fail(use.name, " at ", describe(use.where), ": ", parts...);
}

}  // namespace

void check_place(Block const& block, MBarrier const& barrier, BarrierUse use) {
  if (reinterpret_cast<std::uintptr_t>(&barrier) % 8 != 0)
    refuse(use, "an mbarrier lies at a multiple of 8 bytes: address=", &barrier);
  block.check_shared(use.name, &barrier, sizeof barrier, use.where);
}

void check_initialised(MBarrier const& barrier, BarrierUse use) {
  if (is_initialised(barrier)) return;
  refuse(use, "the barrier at ", &barrier, " is not initialised, or overwritten: state=", barrier.state,
         "; call mbarrier_init in one thread, and a barrier of the block after it");
}

void check_barrier(Block const& block, MBarrier const& barrier, BarrierUse use) {
  check_place(block, barrier, use);
  check_initialised(barrier, use);
}

void check_barrier_of_cluster(Block& block, MBarrier const& barrier, BarrierUse use) {
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

std::string describe(MBarrierState const& state) {
  return "the phase of parity " + std::to_string(state.parity) + " lacks " + std::to_string(state.pending) +
         " arrivals and " + std::to_string(state.bytes) + " bytes";
}

}  // namespace heddle::emulated
