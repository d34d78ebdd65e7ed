// What a block of the products on Hopper holds: tiles, their stages in shared memory, and their barriers.
#pragma once

#include "kernels/gemm/gemm_sm90_config.h"
#include "kernels/gemm/gemm_sm90_ring.cuh"
#include "kernels/machine/machine.cuh"
#include "kernels/machine/tensor_map.h"
#include "kernels/tile/epilogue.h"

namespace heddle::HEDDLE_BACKEND {

/// GivenOperands: what A and B are, and how a stage of them is loaded; GemmSm90Operands, or one with the same members.
template <class GivenOperands, GemmSm90Config chosen>
struct GemmSm90Layout {
  static_assert(chosen.valid());
  using Operands = GivenOperands;
  using Type = typename Operands::Type;
  static constexpr GemmSm90Config config = chosen;
  static constexpr Major major_a = Operands::major_a, major_b = Operands::major_b;
  static constexpr int rows = config.rows, columns = config.columns, stages = config.stages, cluster = config.cluster;
  static constexpr int consumers = config.consumers, consumer_rows = config.consumer_rows();
  static constexpr int threads = (1 + consumers) * warpgroup_size;
  static constexpr int panel = 128 / sizeof(Type);        // elements of a line that one copy takes
  static constexpr int depth = panel;                     // of a stage, along k
  static constexpr int columns_of_b = columns / cluster;  // that this block loads
  static constexpr OperandTile a_tile = operand_tile(major_a, rows, depth);
  static constexpr OperandTile b_tile = operand_tile(major_b, columns, depth);
  static constexpr OperandTile d_tile = operand_tile(Major::k, consumer_rows, columns);

  /// Those of a thread, for each 64 rows of its warpgroup.
  using Sums = f32[consumer_rows / 64][columns / 2];

  struct Params {
    Operands operands;
    GemmTiles tiles;
    EpilogueOutput output;
    bool copied;  // d is of T, alpha times the sums, and written by bulk copies
    TensorMap d;
  };

  struct SharedStorage {
    alignas(1024) Type a[stages][rows * depth];
    alignas(1024) Type b[stages][columns * depth];
    alignas(1024) Type d[consumers][consumer_rows * columns];
    MBarrier full[stages];      // the bytes of A and B are there
    MBarrier empty[stages];     // nobody in the cluster reads them
    MBarrier turns[consumers];  // of ping-pong: the other one has begun its last product
  };
  static_assert(sizeof(SharedStorage) <= 227 * 1024);

  HEDDLE_DEVICE static int rank() {
    if constexpr (cluster > 1) return cluster_rank();
    return 0;
  }
};

/// A tile of d: its first element, and the product it is of.
struct GemmSm90Tile {
  i64 row, column, product;
};

/// The scheduler: of as many tiles as there are clusters, one is of this block's. Each role walks through them on its
/// own.
template <class Layout>
struct GemmSm90Walk {
  GemmTiles const& tiles;
  i64 at, step;

  /// Through every tile of this block, or every `turns`-th from number `turn` on.
  HEDDLE_DEVICE GemmSm90Walk(typename Layout::Params const& p, int turn = 0, int turns = 1)
      : tiles(p.tiles),
        at(blockIdx.x / Layout::cluster + turn * (gridDim.x / Layout::cluster)),
        step(turns * static_cast<i64>(gridDim.x / Layout::cluster)) {}
  HEDDLE_DEVICE bool more() const { return at < tiles.count(); }
  HEDDLE_DEVICE void next() { at += step; }

  HEDDLE_DEVICE GemmSm90Tile tile() const {
    auto const [down, across, product] = tiles.place(at);
    return {(down * Layout::cluster + Layout::rank()) * Layout::rows, across * Layout::columns, product};
  }
};

}  // namespace heddle::HEDDLE_BACKEND
