// The role of the loading thread in the matrix product on Hopper: it keeps the stages full, through all tiles.
#pragma once

#include "kernels/gemm/gemm_sm90_layout.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class Layout>
struct GemmSm90Producer {
  using T = typename Layout::Type;
  using Params = typename Layout::Params;
  using SharedStorage = typename Layout::SharedStorage;

  HEDDLE_DEVICE static void run(Params const& p, SharedStorage& shared) {
    int const rounds = Layout::rounds(p);
    GemmSm90Ring<Layout::stages> ring;
    for (GemmSm90Walk<Layout> walk(p); walk.more(); walk.next()) {
      auto const [row, column, product] = walk.tile();
      Corner const a = {static_cast<int>(row), p.a_batched ? static_cast<int>(product) : 0};
      Corner const b = {static_cast<int>(column), p.b_batched ? static_cast<int>(product) : 0};
      for (int round = 0; round < rounds; ++round, ring.advance()) {
        // 1. Wait until the stage is read, in all blocks that this one writes to.
        if constexpr (Layout::cluster > 1)
          mbarrier_wait_cluster(shared.empty[ring.stage], ring.turn ^ 1);
        else
          mbarrier_wait(shared.empty[ring.stage], ring.turn ^ 1);
        // 2. Announce what comes to this block, from whichever block.
        mbarrier_arrive_expect(shared.full[ring.stage], sizeof shared.a[0] + sizeof shared.b[0]);
        // 3. Load A, and the own part of B.
        load_a(p, a, round * Layout::depth, shared, ring.stage);
        load_b(p, b, round * Layout::depth, shared, ring.stage);
      }
    }
  }

 private:
  /// Of a tile: the first row of A or column of B, and the product.
  struct Corner {
    int x, product;
  };

  HEDDLE_DEVICE static void load_a(Params const& p, Corner corner, int k, SharedStorage& shared, int stage) {
    load<Layout::a_tile, Layout::rows, 1>(shared.a[stage], p.a, corner, k, shared.full[stage]);
  }
  HEDDLE_DEVICE static void load_b(Params const& p, Corner corner, int k, SharedStorage& shared, int stage) {
    constexpr int part = Layout::columns_of_b;
    int const first = Layout::rank() * part;
    load<Layout::b_tile, part, Layout::cluster>(shared.b[stage] + first * Layout::depth, p.b,
                                                {corner.x + first, corner.product}, k, shared.full[stage]);
  }

  /// To the first `blocks` blocks of the cluster: one copy where k is the direction of the lines, else one a panel.
  template <OperandTile tile, int length, int blocks>
  HEDDLE_DEVICE static void load(T* shared, TensorMap const& map, Corner corner, int k, MBarrier& barrier) {
    constexpr bool k_major = tile.major == Major::k;
    constexpr int step = k_major ? length : Layout::panel;
    HEDDLE_UNROLL
    for (int first = 0; first < length; first += step) {
      int const x = corner.x + first;
      i32 const box[] = {k_major ? k : x, k_major ? x : k, corner.product};
      if constexpr (blocks > 1)
        tensor_load_multicast(shared + first * Layout::depth, map, box, barrier, (1u << blocks) - 1);
      else
        tensor_load(shared + first * Layout::depth, map, box, barrier);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
