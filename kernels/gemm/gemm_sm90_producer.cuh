// The role of the loading thread in the products on Hopper: it keeps the stages full, through all tiles.
#pragma once

#include "kernels/gemm/gemm_sm90_layout.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class Layout>
struct GemmSm90Producer {
  using Params = typename Layout::Params;
  using SharedStorage = typename Layout::SharedStorage;
  using Loader = typename Layout::Operands::template Loader<Layout>;

  HEDDLE_DEVICE static void run(Params const& p, SharedStorage& shared) {
    int const rounds = p.operands.rounds();
    GemmSm90Ring<Layout::stages> ring;
    for (GemmSm90Walk<Layout> walk(p); walk.more(); walk.next()) {
      Loader loader(p.operands, walk.tile());
      for (int round = 0; round < rounds; ++round, ring.advance()) {
        // 1. Wait until the stage is read, in all blocks that this one writes to.
        if constexpr (Layout::cluster > 1)
          mbarrier_wait_cluster(shared.empty[ring.stage], ring.turn ^ 1);
        else
          mbarrier_wait(shared.empty[ring.stage], ring.turn ^ 1);
        // 2. Announce what comes to this block, from whichever block.
        mbarrier_arrive_expect(shared.full[ring.stage], sizeof shared.a[0] + sizeof shared.b[0]);
        // 3. Load A, and the own part of B.
        loader.load(shared, ring.stage);
      }
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
