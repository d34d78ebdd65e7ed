// How sums of the products on Hopper come to d: alone, as T by bulk copies, or through the steps of an epilogue.
//
// Floor of the steps, of 128 x 256 sums: 4 bytes of shared memory in and 4 out for a sum, 2048 cycles of
// the port at 128 bytes, beside what the steps read and write. Not yet measured.
#pragma once

#include "kernels/gemm/gemm_sm90_layout.cuh"
#include "kernels/machine/fragment.h"
#include "kernels/tile/epilogue.cuh"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class Layout>
struct GemmSm90Output {
  using T = typename Layout::Type;
  using Params = typename Layout::Params;
  using Sums = typename Layout::Sums;
  using Tile = GemmSm90Tile;
  static constexpr int rows = Layout::consumer_rows, columns = Layout::columns, slice_rows = rows / 2;

  /// Writes the rows of a warpgroup. `shared` is its own, of rows x columns.
  HEDDLE_DEVICE static void write(Params const& p, Tile const& tile, Sums const& sums, int consumer, T* shared) {
    if (p.copied)
      copy(p, tile, sums, consumer, shared);
    else
      finish_sums(p.output, tile, sums, consumer, reinterpret_cast<f32*>(shared));
  }

  /// Waits until shared memory is read.
  HEDDLE_DEVICE static void finish(Params const& p) {
    if (p.copied && thread() == 0) bulk_wait_read<0>();
  }

 private:
  HEDDLE_DEVICE static int thread() { return static_cast<int>(threadIdx.x) % warpgroup_size; }

  /// By way of shared memory, which a bulk copy of the tile before may still read.
  HEDDLE_DEVICE static void copy(Params const& p, Tile const& tile, Sums const& sums, int consumer, T* shared) {
    if (thread() == 0) bulk_wait_read<0>();
    barrier_sync(1 + consumer, warpgroup_size);
    HEDDLE_UNROLL
    for (int block = 0; block < rows / 64; ++block) store_matrices(p.output.alpha, sums[block], 64 * block, shared);
    fence_proxy_async();
    barrier_sync(1 + consumer, warpgroup_size);
    if (thread() != 0) return;
    for (int first = 0; first < columns; first += Layout::panel)
      if (tile.row < p.output.m && tile.column + first < p.output.n)
        tensor_store(
            p.d, {static_cast<int>(tile.column) + first, static_cast<int>(tile.row), static_cast<int>(tile.product)},
            shared + first * rows);
    bulk_commit();
  }

  /// As T, swizzled, 16 columns at a time.
  HEDDLE_DEVICE static void store_matrices(f32 alpha, f32 const (&sums)[columns / 2], int first_row, T* shared) {
    int const lane = thread() % 32;
    u32 const line = static_cast<u32>(first_row + thread() / 32 * 16 + lane % 16);
    HEDDLE_UNROLL
    for (int first = 0; first < columns; first += 16) {
      u32 words[4];
      HEDDLE_UNROLL
      for (int i = 0; i < 4; ++i)
        words[i] = pack<T>(alpha * sums[first / 2 + 2 * i], alpha * sums[first / 2 + 2 * i + 1]);
      u32 const byte = static_cast<u32>(first + lane / 16 * 8) * sizeof(T);
      stmatrix(shared + tile_offset(Layout::d_tile, line, byte) / sizeof(T), words);
    }
  }

  /// The slices of f32 take the place of d as T, which has half as many bytes: the rows come in two slices.
  HEDDLE_DEVICE static void finish_sums(EpilogueOutput const& output, Tile const& tile, Sums const& sums, int consumer,
                                        f32* shared) {
    if (tile.row >= output.m) return;
    auto const barrier = [&] { barrier_sync(1 + consumer, warpgroup_size); };
    TileEpilogue<columns, warpgroup_size> epilogue(output, static_cast<u32>(tile.product), tile.row, tile.column,
                                                   thread());
    for (int first = 0; first < rows; first += slice_rows) {
      barrier();  // all have done with the slice before
      store_slice(sums, first, shared);
      barrier();
      epilogue.finish_slice(first, slice_rows, shared);
    }
    epilogue.finish_reductions(tile.row / rows, shared, barrier);
  }

  /// Those of a warp, 16 rows of every 64, are in one slice.
  HEDDLE_DEVICE static void store_slice(Sums const& sums, int first, f32* shared) {
    HEDDLE_UNROLL
    for (int block = 0; block < rows / 64; ++block) {
      int const first_of_warp = 64 * block + thread() / 32 * 16 - first;
      if (first_of_warp < 0 || first_of_warp >= slice_rows) continue;
      HEDDLE_UNROLL
      for (int element = 0; element < columns / 2; element += 2) {
        auto const [row, column] = accumulator_fragment(thread() % 32, element);
        store(shared + TileEpilogue<columns, warpgroup_size>::place(first_of_warp + row, column),
              Vector<f32, 2>{sums[block][element], sums[block][element + 1]});
      }
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
