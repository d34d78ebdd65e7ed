// The matrix product of 16-bit types, i8 and, as tf32, of f32 from sm_80 on: cp.async feeds mma.sync.
//
// Threads: a block takes a tile of d of 128 x 128, each of its 8 warps 64 x 32 (kernels/tile/mma_tile.cuh).
//
// Floor: 2 m n k operations; 4096 x 4096 x 4096 in bf16: 137 GFLOP, 0.44 ms at the 312 TFLOP/s of an A100; in tf32
// 0.88 ms at 156, in i8 0.22 ms at 624. A warp's step of 32 bytes along k is 16 products of 16 x 8 x 32 bytes, in each
// type 8 cycles on its quarter of a multiprocessor, which two warps share: 256 cycles for all. They read 3 KB of shared
// memory each, 24 KB, and the copies write 8 KB: 128 bytes a cycle, all that the port has. Not yet measured.
#pragma once

#include "kernels/gemm/gemm_place.h"
#include "kernels/gemm/gemm_problem.h"
#include "kernels/tile/mma_tile.cuh"

namespace heddle::HEDDLE_BACKEND {

/// op(a), or op(b) transposed, in lines of 16 bytes and more, each aligned to 16 bytes.
template <class T>
struct GemmLines {
  OperandLines<T> lines;
  i64 stride_product;

  HEDDLE_DEVICE OperandLines<T> of_product(i64 product) const {
    return {lines.data + product * stride_product, lines.size, lines.leading};
  }
};

template <class T, Major major_a, Major major_b>
struct GemmSm80 {
  static constexpr int tile = 128;
  static constexpr MmaTileConfig config = {.rows = tile, .columns = tile};
  using Tile = MmaTile<T, GemmSum<T>, major_a, major_b, config>;
  static constexpr int threads = Tile::threads, min_blocks = config.blocks();

  struct Params {
    i64 k;
    GemmLines<T> a, b;
    EpilogueOutput output;
    bool in_rows;  // d is of T, alpha times the sums, and written 16 bytes at a time
  };
  using SharedStorage = typename Tile::Storage;

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    GemmPlace const place = gemm_place(blockIdx.x, p.output.m, p.output.n, tile, tile);
    i64 const row = place.down * i64{tile}, column = place.across * i64{tile};
    OperandLines<T> const a = p.a.of_product(place.product), b = p.b.of_product(place.product);
    typename Tile::Sums sums = {};
    int const rounds = static_cast<int>((p.k + Tile::depth - 1) / Tile::depth);
    Tile::accumulate(rounds, shared, sums, [&](int round, auto& stage) {
      Tile::template copy_lines<major_a, tile>(a, p.k, row, i64{round} * Tile::depth, stage.a);
      Tile::template copy_lines<major_b, tile>(b, p.k, column, i64{round} * Tile::depth, stage.b);
    });
    if constexpr (sizeof(T) == 2)
      if (p.in_rows) return Tile::write_rows(p.output, place.product, row, column, sums, shared);
    Tile::finish(p.output, place.product, row, column, place.down, sums, shared);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
