#include "kernels/conv/gather_gemm.h"

#include <array>

namespace heddle::cpu {
namespace {

using Vector [[gnu::vector_size(sizeof(f32) * vector_length)]] = f32;
using UnalignedVector [[gnu::vector_size(sizeof(f32) * vector_length), gnu::aligned(alignof(f32)), gnu::may_alias]] =
    f32;

Vector load(f32 const* p) { return *reinterpret_cast<UnalignedVector const*>(p); }
void store(f32* p, Vector value) { *reinterpret_cast<UnalignedVector*>(p) = value; }

/// Stores one row of sums, all of it or its first `columns`.
template <int vectors>
void store_row(Vector const (&sums)[vectors], f32* c, i64 columns, bool accumulate) {
  if (columns == vectors * vector_length) {
    for (int v = 0; v < vectors; ++v) {
      f32* const p = c + v * vector_length;
      store(p, accumulate ? load(p) + sums[v] : sums[v]);
    }
    return;
  }
  f32 values[vectors * vector_length];
  for (int v = 0; v < vectors; ++v) store(values + v * vector_length, sums[v]);
  for (i64 j = 0; j < columns; ++j) c[j] = accumulate ? c[j] + values[j] : values[j];
}

/// The loop that the time goes into: per element `vectors` loads, `rows` broadcasts, rows * vectors multiply-adds.
template <int rows, int vectors>
void multiply(GatherTile const& tile, GatherRuns const& runs) {
  f32 const* a[rows];
  for (int row = 0; row < rows; ++row) a[row] = tile.a[row];
  f32 const* b = tile.b;
  Vector sums[rows][vectors] = {};
  for (i64 const begin : runs.begins) {
    i64 const end = begin + runs.length * runs.step;
    for (i64 e = begin; e != end; e += runs.step, b += vectors * vector_length) {
      Vector right[vectors];
      for (int v = 0; v < vectors; ++v) right[v] = load(b + v * vector_length);
      for (int row = 0; row < rows; ++row)
        for (int v = 0; v < vectors; ++v) sums[row][v] += a[row][e] * right[v];
    }
  }
  for (int row = 0; row < rows; ++row) store_row<vectors>(sums[row], tile.c[row], tile.columns, tile.accumulate);
}

using Multiply = void (*)(GatherTile const&, GatherRuns const&);
template <int vectors>
constexpr std::array<Multiply, tile_rows> by_rows = {multiply<1, vectors>, multiply<2, vectors>, multiply<3, vectors>,
                                                     multiply<4, vectors>, multiply<5, vectors>, multiply<6, vectors>};

}  // namespace

void gather_gemm(GatherTile const& tile, GatherRuns const& runs) {
  auto const& table = panel_width(tile.columns) == tile_columns ? by_rows<2> : by_rows<1>;
  table[static_cast<std::size_t>(tile.rows - 1)](tile, runs);
}

}  // namespace heddle::cpu
