// The matrix product of 16-bit types, i8 and, as tf32, of f32 from sm_80 on: cp.async feeds mma.sync.
//
// Threads: a block takes a tile of d of 128 x 128, each of its 8 warps 64 x 32. `stages` tiles of A and B, 64 bytes
// long along k, are on their way to shared memory, where they lie swizzled: ldmatrix reads them, transposed where the
// lines of a tile are not those that mma wants (only elements of 16 bits can be), without bank conflicts, one step
// along k ahead of the products. mma ignores what f32 has beyond tf32. At the end a bare product goes through shared
// memory as T, from where rows of 16 bytes are written; else all sums go there, and through the epilogue
// (kernels/tile/epilogue.cuh).
//
// Floor: 2 m n k operations; 4096 x 4096 x 4096 in bf16: 137 GFLOP, 0.44 ms at the 312 TFLOP/s of an A100; in tf32
// 0.88 ms at 156, in i8 0.22 ms at 624. A warp's step of 32 bytes along k is 16 products of 16 x 8 x 32 bytes, in each
// type 8 cycles on its quarter of a multiprocessor, which two warps share: 256 cycles for all. They read 3 KB of shared
// memory each, 24 KB, and the copies write 8 KB: 128 bytes a cycle, all that the port has. Not yet measured.
#pragma once

#include "kernels/gemm/gemm_place.h"
#include "kernels/gemm/gemm_problem.h"
#include "kernels/machine/fragment.h"
#include "kernels/machine/operand_tile.h"
#include "kernels/tile/epilogue.cuh"

namespace heddle::HEDDLE_BACKEND {

/// op(a), or op(b) transposed, in lines of 16 bytes and more, each aligned to 16 bytes.
template <class T>
struct GemmLines {
  T const* data;
  i64 size;     // m or n
  i64 leading;  // from line to line
  i64 stride_product;

  HEDDLE_DEVICE GemmLines of_product(i64 product) const {
    return {data + product * stride_product, size, leading, stride_product};
  }
};

template <class T, Major major_a, Major major_b>
struct GemmSm80 {
  using Element = std::conditional_t<std::same_as<T, f32>, tf32, T>;
  using Sum = GemmSum<T>;
  static constexpr int tile = 128, depth = 64 / sizeof(T), stages = 4;
  static_assert(sizeof(T) == 2 || (major_a == Major::k && major_b == Major::k));
  static constexpr int threads = 256;
  static constexpr int min_blocks = 2;
  static constexpr int rows_of_warp = 64, columns_of_warp = 32;
  static constexpr OperandTile tile_of(Major major) {
    return major == Major::k ? OperandTile{.major = major, .swizzle = Swizzle::bytes_64, .lines = tile}
                             : OperandTile{.major = major, .swizzle = Swizzle::bytes_128, .lines = depth};
  }
  static constexpr OperandTile d_tile = {.lines = tile};
  using Sums = Sum[rows_of_warp / 16][columns_of_warp / 8][4];

  struct Params {
    i64 k;
    GemmLines<T> a, b;
    EpilogueOutput output;
    bool in_rows;  // d is of T, alpha times the sums, and written 16 bytes at a time
  };
  struct Stage {
    alignas(1024) T a[tile * depth];
    alignas(1024) T b[tile * depth];
  };
  using Epilogue = TileEpilogue<tile, threads>;
  union SharedStorage {
    Stage stages[GemmSm80::stages];
    T d[tile * tile];
    Sum sums[tile * tile];
    f32 columns[Epilogue::reduction_size];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    GemmPlace const place = gemm_place(blockIdx.x, p.output.m, p.output.n, tile, tile);
    i64 const row = place.down * i64{tile}, column = place.across * i64{tile};
    i64 const rounds = (p.k + depth - 1) / depth;
    GemmLines<T> const a = p.a.of_product(place.product), b = p.b.of_product(place.product);
    Sums sums = {};
    for (int round = 0; round < stages - 1; ++round) start_round(p.k, a, b, row, column, round, rounds, shared);
    for (i64 round = 0; round < rounds; ++round) {
      cp_async_wait<stages - 2>();
      __syncthreads();  // the tiles of this round are there, and all have done with those of the round before
      start_round(p.k, a, b, row, column, round + stages - 1, rounds, shared);
      multiply(shared.stages[round % stages], sums);
    }
    cp_async_wait<0>();
    __syncthreads();  // all have done with the last tiles
    if constexpr (sizeof(T) == 2)
      if (p.in_rows) return write_rows(p.output, place, sums, shared.d);
    finish(p.output, place, sums, shared);
  }

 private:
  /// Starts the copies of a round; a group of its own, empty after the last round.
  HEDDLE_DEVICE static void start_round(i64 k, GemmLines<T> const& a, GemmLines<T> const& b, i64 row, i64 column,
                                        i64 round, i64 rounds, SharedStorage& shared) {
    if (round < rounds) {
      Stage& stage = shared.stages[round % stages];
      copy_tile<major_a>(a, k, row, round * depth, stage.a);
      copy_tile<major_b>(b, k, column, round * depth, stage.b);
    }
    cp_async_commit();
  }

  /// Elements (first …, first_k …) of an operand; zeros where it ends.
  template <Major major>
  HEDDLE_DEVICE static void copy_tile(GemmLines<T> const& lines, i64 k_size, i64 first, i64 first_k, T* shared) {
    constexpr bool along_k = major == Major::k;
    constexpr int length = along_k ? depth : tile, vector = 16 / sizeof(T), vectors = length / vector;
    i64 const first_line = along_k ? first : first_k, first_place = along_k ? first_k : first;
    i64 const line_count = along_k ? lines.size : k_size, line_size = along_k ? k_size : lines.size;
    HEDDLE_UNROLL
    for (int i = 0; i < tile * depth / vector / threads; ++i) {
      int const number = i * threads + static_cast<int>(threadIdx.x);
      int const line = number / vectors, place = number % vectors * vector;
      i64 const left = first_line + line < line_count ? line_size - (first_place + place) : 0;
      int const valid = left >= vector ? vector : left > 0 ? static_cast<int>(left) : 0;
      T const* const from =
          valid > 0 ? lines.data + (first_line + line) * lines.leading + first_place + place : lines.data;
      u32 const byte = static_cast<u32>(place) * sizeof(T);
      cp_async<16>(shared + tile_offset(tile_of(major), static_cast<u32>(line), byte) / sizeof(T), from,
                   valid * static_cast<int>(sizeof(T)));
    }
  }

  /// Four matrices of 8 x 16 bytes from (x, k) on: x to x + 7 and x + 8 to x + 15, each at k and 16 bytes further.
  /// Which comes second, the further x or the further k, is what A and B differ in.
  template <Major major>
  HEDDLE_DEVICE static void load_matrices(T* shared, int x, int k, bool x_second, u32 (&words)[4]) {
    int const lane = static_cast<int>(threadIdx.x) % 32, matrix = lane / 8;
    constexpr int width = 16 / sizeof(T);
    int const further_x = 8 * (x_second ? matrix % 2 : matrix / 2),
              further_k = width * (x_second ? matrix / 2 : matrix % 2);
    if constexpr (major == Major::k)
      ldmatrix(words, at<major>(shared, x + further_x + lane % 8, k + further_k));
    else
      ldmatrix_transposed(words, at<major>(shared, k + further_k + lane % 8, x + further_x));
  }

  template <Major major>
  HEDDLE_DEVICE static T* at(T* shared, int line, int place) {
    u32 const byte = static_cast<u32>(place) * sizeof(T);
    return shared + tile_offset(tile_of(major), static_cast<u32>(line), byte) / sizeof(T);
  }

  HEDDLE_DEVICE static void multiply(Stage& stage, Sums& sums) {
    HEDDLE_UNROLL
    for (int k = 0; k < depth; k += 32 / static_cast<int>(sizeof(T))) {
      u32 a[rows_of_warp / 16][4], b[columns_of_warp / 16][4];
      HEDDLE_UNROLL
      for (int i = 0; i < rows_of_warp / 16; ++i) load_matrices<major_a>(stage.a, warp_row() + 16 * i, k, true, a[i]);
      HEDDLE_UNROLL
      for (int j = 0; j < columns_of_warp / 16; ++j)
        load_matrices<major_b>(stage.b, warp_column() + 16 * j, k, false, b[j]);
      HEDDLE_UNROLL
      for (int i = 0; i < rows_of_warp / 16; ++i) HEDDLE_UNROLL
      for (int j = 0; j < columns_of_warp / 8; ++j) {
        u32 const of_b[2] = {b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]};
        mma<Element>(sums[i][j], a[i], of_b);
      }
    }
  }

  HEDDLE_DEVICE static int warp_row() { return static_cast<int>(threadIdx.x) / 32 / 4 * rows_of_warp; }
  HEDDLE_DEVICE static int warp_column() { return static_cast<int>(threadIdx.x) / 32 % 4 * columns_of_warp; }

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

  HEDDLE_DEVICE static void finish(EpilogueOutput const& output, GemmPlace place, Sums const& sums,
                                   SharedStorage& shared) {
    for_each_pair(sums, [&](int row, int column, Sum low, Sum high) {
      store(shared.sums + Epilogue::place(row, column), Vector<Sum, 2>{low, high});
    });
    __syncthreads();
    Epilogue epilogue(output, place.product, place.down * i64{tile}, place.across * i64{tile},
                      static_cast<int>(threadIdx.x));
    epilogue.finish_slice(0, tile, shared.sums);
    epilogue.finish_reductions(place.down, shared.columns, [] { __syncthreads(); });
  }

  HEDDLE_DEVICE static void write_rows(EpilogueOutput const& output, GemmPlace place, Sums const& sums, T* shared) {
    auto const place_of = [&](int row, int column) {
      u32 const byte = static_cast<u32>(column) * sizeof(T);
      return shared + tile_offset(d_tile, static_cast<u32>(row), byte) / sizeof(T);
    };
    for_each_pair(sums, [&](int row, int column, f32 low, f32 high) {
      store(place_of(row, column), pack<T>(output.alpha * low, output.alpha * high));
    });
    __syncthreads();
    using Row = Vector<T, 16 / sizeof(T)>;
    constexpr int vector = 16 / sizeof(T), vectors = tile / vector;
    HEDDLE_UNROLL
    for (int i = 0; i < tile * vectors / threads; ++i) {
      int const number = i * threads + static_cast<int>(threadIdx.x);
      int const row = number / vectors, column = number % vectors * vector;
      i64 const row_of_d = place.down * i64{tile} + row, column_of_d = place.across * i64{tile} + column;
      if (row_of_d >= output.m || column_of_d >= output.n) continue;
      auto const values = load<Row>(place_of(row, column));
      T* const to = static_cast<T*>(output.d) + place.product * output.stride_d + row_of_d * output.ldd + column_of_d;
      if (column_of_d + vector <= output.n) {
        store(to, values);
        continue;
      }
      HEDDLE_UNROLL
      for (int j = 0; j < vector; ++j)
        if (column_of_d + j < output.n) to[j] = values.values[j];
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
