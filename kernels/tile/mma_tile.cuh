// A tile of a product, by the warps of a block with mma.sync: what the kernels of sm_80 share, whatever their operands
// are gathered from.
//
// `stages` tiles of A and B, 64 bytes long along the depth, are on their way to shared memory, where they lie swizzled:
// ldmatrix reads them, transposed where the lines of a tile are not those that mma wants (only elements of 16 bits can
// be), without bank conflicts, one step along the depth ahead of the products. mma ignores what f32 has beyond tf32. At
// the end a bare product goes through shared memory as T, from where rows of 16 bytes are written; else all sums go
// there, and through the epilogue (epilogue.cuh).
#pragma once

#include "kernels/machine/fragment.h"
#include "kernels/machine/operand_tile.h"
#include "kernels/tile/epilogue.cuh"
#include "kernels/tile/mma_tile_config.h"

namespace heddle::HEDDLE_BACKEND {

/// Lines of an operand, each aligned to 16 bytes where they are copied so.
template <class T>
struct OperandLines {
  T const* data;
  i64 size;     // of the side that is not the depth
  i64 leading;  // from line to line
};

/// 16 bytes of a tile, of elements that need not be neighbours in memory. Calls at(i), null where there is a zero.
template <class T, class At>
HEDDLE_DEVICE void assemble(T* to, At const& at) {
  Vector<T, widest_vector<T>> values;
  HEDDLE_UNROLL
  for (int i = 0; i < widest_vector<T>; ++i) {
    T const* const from = at(i);
    values.values[i] = from == nullptr ? T{} : load_constant<T>(from);
  }
  store(to, values);
}

/// Sums of Sum over products of T; the tiles of both operands lie as their majors say.
template <class T, class Sum, Major major_a, Major major_b, MmaTileConfig config>
struct MmaTile {
  using Element = std::conditional_t<std::same_as<T, f32>, tf32, T>;
  static constexpr int rows = config.rows, columns = config.columns, depth = 64 / sizeof(T), stages = 4;
  static constexpr int threads = config.threads(), vector = widest_vector<T>;
  static_assert(sizeof(T) == 2 || (major_a == Major::k && major_b == Major::k));
  static constexpr int rows_of_warp = config.rows_of_warp, columns_of_warp = config.columns_of_warp;
  using Sums = Sum[rows_of_warp / 16][columns_of_warp / 8][4];
  using Epilogue = TileEpilogue<columns, threads>;

  struct Stage {
    alignas(1024) T a[rows * depth];
    alignas(1024) T b[columns * depth];
  };
  union Storage {
    Stage stages[MmaTile::stages];
    T d[rows * columns];
    Sum sums[rows * columns];
    f32 reductions[Epilogue::reduction_size];
  };

  /// Adds up `rounds` rounds along the depth. Calls bring(round, stage), once for each in order, to start the copies of
  /// a round. With rounds counted in 32 bits ptxas keeps more addresses, and spilled.
  template <class Bring>
  HEDDLE_DEVICE static void accumulate(i64 rounds, Storage& shared, Sums& sums, Bring const& bring) {
    auto const start = [&](i64 round) {
      if (round < rounds) bring(round, shared.stages[round % stages]);
      cp_async_commit();  // a group of its own, empty after the last round
    };
    for (int round = 0; round < stages - 1; ++round) start(round);
    for (i64 round = 0; round < rounds; ++round) {
      cp_async_wait<stages - 2>();
      __syncthreads();  // the tiles of this round are there, and all have done with those of the round before
      start(round + stages - 1);
      multiply(shared.stages[round % stages], sums);
    }
    cp_async_wait<0>();
    __syncthreads();  // all have done with the last tiles
  }

  /// Of the i-th piece of 16 bytes that this thread brings to a tile with `length` elements in a line: its line and
  /// its first element there.
  struct Piece {
    int line, place;
  };
  template <int length>
  HEDDLE_DEVICE static Piece piece(int i) {
    int const number = i * threads + static_cast<int>(threadIdx.x);
    return {number / (length / vector), number % (length / vector) * vector};
  }
  /// Where it goes.
  template <Major major, int size>
  HEDDLE_DEVICE static T* at(T* shared, int line, int place) {
    u32 const byte = static_cast<u32>(place) * sizeof(T);
    return shared + tile_offset(tile_of(major, size), static_cast<u32>(line), byte) / sizeof(T);
  }

  /// Elements (first …, first_k …) of an operand, `size` by depth; zeros where it ends, the depth at `k_end`. Lines
  /// that are not aligned to 16 bytes are not copied asynchronously.
  template <Major major, int size, bool lines_aligned = true>
  HEDDLE_DEVICE static void copy_lines(OperandLines<T> const& lines, i64 k_end, i64 first, i64 first_k, T* shared) {
    constexpr bool along_k = major == Major::k;
    constexpr int length = along_k ? depth : size;
    i64 const first_line = along_k ? first : first_k, first_place = along_k ? first_k : first;
    i64 const line_end = along_k ? lines.size : k_end, place_end = along_k ? k_end : lines.size;
    HEDDLE_UNROLL
    for (int i = 0; i < size * depth / vector / threads; ++i) {
      auto const [line, place] = piece<length>(i);
      i64 const left = first_line + line < line_end ? place_end - (first_place + place) : 0;
      int const valid = left >= vector ? vector : left > 0 ? static_cast<int>(left) : 0;
      T const* const from =
          valid > 0 ? lines.data + (first_line + line) * lines.leading + first_place + place : lines.data;
      T* const to = at<major, size>(shared, line, place);
      if constexpr (lines_aligned)
        cp_async<16>(to, from, valid * static_cast<int>(sizeof(T)));
      else
        assemble(to, [&](int element) { return element < valid ? from + element : nullptr; });
    }
  }

  /// The sums of a tile whose first element is (row, column) of a product, through the epilogue; `row_block` is the
  /// place of these rows among those whose sums of columns come together.
  HEDDLE_DEVICE static void finish(EpilogueOutput const& output, u32 product, i64 row, i64 column, i64 row_block,
                                   Sums const& sums, Storage& shared) {
    for_each_pair(sums, [&](int row_of_tile, int column_of_tile, Sum low, Sum high) {
      store(shared.sums + Epilogue::place(row_of_tile, column_of_tile), Vector<Sum, 2>{low, high});
    });
    __syncthreads();
    Epilogue epilogue(output, product, row, column, static_cast<int>(threadIdx.x));
    epilogue.finish_slice(0, rows, shared.sums);
    epilogue.finish_reductions(row_block, shared.reductions, [] { __syncthreads(); });
  }

  /// alpha times the sums as d of T, 16 bytes at a time.
  HEDDLE_DEVICE static void write_rows(EpilogueOutput const& output, u32 product, i64 row, i64 column, Sums const& sums,
                                       Storage& shared) {
    auto const place_of = [&](int row_of_tile, int column_of_tile) {
      u32 const byte = static_cast<u32>(column_of_tile) * sizeof(T);
      return shared.d + tile_offset({.lines = rows}, static_cast<u32>(row_of_tile), byte) / sizeof(T);
    };
    for_each_pair(sums, [&](int row_of_tile, int column_of_tile, f32 low, f32 high) {
      store(place_of(row_of_tile, column_of_tile), pack<T>(output.alpha * low, output.alpha * high));
    });
    __syncthreads();
    HEDDLE_UNROLL
    for (int i = 0; i < rows * columns / vector / threads; ++i) {
      auto const [line, place] = piece<columns>(i);
      i64 const row_of_d = row + line, column_of_d = column + place;
      if (row_of_d >= output.m || column_of_d >= output.n) continue;
      auto const values = load<Vector<T, vector>>(place_of(line, place));
      T* const to =
          static_cast<T*>(output.d) + product * output.stride_d + output.row(row_of_d) * output.ldd + column_of_d;
      if (column_of_d + vector <= output.n) {
        store(to, values);
        continue;
      }
      HEDDLE_UNROLL
      for (int j = 0; j < vector; ++j)
        if (column_of_d + j < output.n) to[j] = values.values[j];
    }
  }

 private:
  static constexpr OperandTile tile_of(Major major, int size) {
    return major == Major::k
               ? OperandTile{.major = major, .swizzle = Swizzle::bytes_64, .lines = static_cast<u32>(size)}
               : OperandTile{.major = major, .swizzle = Swizzle::bytes_128, .lines = depth};
  }

  /// Four matrices of 8 x 16 bytes from (x, k) on: x to x + 7 and x + 8 to x + 15, each at k and 16 bytes further.
  /// Which comes second, the further x or the further k, is what A and B differ in.
  template <Major major, int size>
  HEDDLE_DEVICE static void load_matrices(T* shared, int x, int k, bool x_second, u32 (&words)[4]) {
    int const lane = static_cast<int>(threadIdx.x) % 32, matrix = lane / 8;
    int const further_x = 8 * (x_second ? matrix % 2 : matrix / 2),
              further_k = vector * (x_second ? matrix / 2 : matrix % 2);
    if constexpr (major == Major::k)
      ldmatrix(words, at<major, size>(shared, x + further_x + lane % 8, k + further_k));
    else
      ldmatrix_transposed(words, at<major, size>(shared, k + further_k + lane % 8, x + further_x));
  }

  HEDDLE_DEVICE static void multiply(Stage& stage, Sums& sums) {
    HEDDLE_UNROLL
    for (int k = 0; k < depth; k += 2 * vector) {
      u32 a[rows_of_warp / 16][4], b[columns_of_warp / 16][4];
      HEDDLE_UNROLL
      for (int i = 0; i < rows_of_warp / 16; ++i)
        load_matrices<major_a, rows>(stage.a, warp_row() + 16 * i, k, true, a[i]);
      HEDDLE_UNROLL
      for (int j = 0; j < columns_of_warp / 16; ++j)
        load_matrices<major_b, columns>(stage.b, warp_column() + 16 * j, k, false, b[j]);
      HEDDLE_UNROLL
      for (int i = 0; i < rows_of_warp / 16; ++i) HEDDLE_UNROLL
      for (int j = 0; j < columns_of_warp / 8; ++j) {
        u32 const of_b[2] = {b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]};
        mma<Element>(sums[i][j], a[i], of_b);
      }
    }
  }

  static constexpr int warps_across = columns / columns_of_warp;
  HEDDLE_DEVICE static int warp_row() { return static_cast<int>(threadIdx.x) / 32 / warps_across * rows_of_warp; }
  HEDDLE_DEVICE static int warp_column() { return static_cast<int>(threadIdx.x) / 32 % warps_across * columns_of_warp; }

  /// Calls visit(row, column, low, high) for each pair of neighbours of the tile that this thread holds.
  template <class Visit>
  HEDDLE_DEVICE static void for_each_pair(Sums const& sums, Visit const& visit) {
    HEDDLE_UNROLL
    for (int i = 0; i < rows_of_warp / 16; ++i) HEDDLE_UNROLL
    for (int j = 0; j < columns_of_warp / 8; ++j) HEDDLE_UNROLL
    for (int element = 0; element < 4; element += 2) {
      auto const [row, column] = accumulator_fragment(static_cast<int>(threadIdx.x) % 32, element);
      visit(warp_row() + 16 * i + row, warp_column() + 8 * j + column, sums[i][j][element], sums[i][j][element + 1]);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
