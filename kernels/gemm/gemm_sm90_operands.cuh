// The operands of the matrix product on Hopper, and the copies that bring a stage of them.
#pragma once

#include "kernels/gemm/gemm_sm90_layout.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Of a tile: the first row of A or column of B, and which matrix of the tensor it is in.
struct OperandCorner {
  int x, matrix;
};

/// `length` rows of A or columns of B of a stage, `depth` from k on, from a map of [matrix, line, element], to the
/// first `blocks` blocks of the cluster: one copy where k is the direction of the lines, else one a panel.
template <OperandTile tile, int length, int depth, int blocks, class T>
HEDDLE_DEVICE void load_operand(T* shared, TensorMap const& map, OperandCorner corner, int k, MBarrier& barrier) {
  constexpr bool k_major = tile.major == Major::k;
  constexpr int step = k_major ? length : 128 / static_cast<int>(sizeof(T));
  HEDDLE_UNROLL
  for (int first = 0; first < length; first += step) {
    int const x = corner.x + first;
    i32 const box[] = {k_major ? k : x, k_major ? x : k, corner.matrix};
    if constexpr (blocks > 1)
      tensor_load_multicast(shared + first * depth, map, box, barrier, (1u << blocks) - 1);
    else
      tensor_load(shared + first * depth, map, box, barrier);
  }
}

/// All rows of A of a stage.
template <class Layout>
HEDDLE_DEVICE void load_a(typename Layout::SharedStorage& shared, int stage, TensorMap const& map, OperandCorner corner,
                          int k) {
  load_operand<Layout::a_tile, Layout::rows, Layout::depth, 1>(shared.a[stage], map, corner, k, shared.full[stage]);
}

/// This block's part of the columns of B, to all blocks of the cluster.
template <class Layout>
HEDDLE_DEVICE void load_b(typename Layout::SharedStorage& shared, int stage, TensorMap const& map, OperandCorner corner,
                          int k) {
  constexpr int part = Layout::columns_of_b;
  int const first = Layout::rank() * part;
  load_operand<Layout::b_tile, part, Layout::depth, Layout::cluster>(
      shared.b[stage] + first * Layout::depth, map, {corner.x + first, corner.matrix}, k, shared.full[stage]);
}

/// Matrices as they are stored.
template <class T, Major stored_a, Major stored_b>
struct GemmSm90Operands {
  using Type = T;
  static constexpr Major major_a = stored_a, major_b = stored_b;
  static constexpr int depth = 128 / sizeof(T);

  i64 k;
  TensorMap a, b;  // [product, line, element of a line]
  bool a_batched, b_batched;

  /// The stages of a tile.
  HEDDLE_DEVICE int rounds() const { return static_cast<int>((k + depth - 1) / depth); }

  /// Loads the stages of a tile, one with each call.
  template <class Layout>
  class Loader {
   public:
    HEDDLE_DEVICE Loader(GemmSm90Operands const& from, GemmSm90Tile const& tile)
        : from_(from),
          a_{static_cast<int>(tile.row), from.a_batched ? static_cast<int>(tile.product) : 0},
          b_{static_cast<int>(tile.column), from.b_batched ? static_cast<int>(tile.product) : 0} {}

    HEDDLE_DEVICE void load(typename Layout::SharedStorage& shared, int stage) {
      load_a<Layout>(shared, stage, from_.a, a_, k_);
      load_b<Layout>(shared, stage, from_.b, b_, k_);
      k_ += depth;
    }

   private:
    GemmSm90Operands const& from_;
    OperandCorner a_, b_;
    int k_ = 0;
  };
};

}  // namespace heddle::HEDDLE_BACKEND
