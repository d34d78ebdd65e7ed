// The matrix product on the ordinary arithmetic units: true single precision for f32, exact sums for i8, and any shape,
// type and alignment.
//
// Threads: a block makes a square tile of d. While it multiplies strips of A and B that lie in shared memory, `depth`
// long along k, widened to f32 (i8 to i32) and times the factors of their blocks, each thread has its share of the next
// strips on the way to registers. A thread makes part x part elements, four neighbours of a row at a time; the 32 of a
// warp stand 4 x 8, so that a quarter of a warp reads 128 bytes of B at once, and one value of A. In the end all sums
// go to shared memory, and from there through the epilogue (kernels/tile/epilogue.cuh).
//
// Floor: 2 m n k operations; 4096 x 4096 x 4096: 137 GFLOP, 2.05 ms at the 67 TFLOP/s of an H200 in f32. In a step
// along k a thread reads 2 part values for part x part fused operations: at part = 8, shared memory is busy as long as
// the arithmetic units are. Of i8 it is twice as long, as integers are multiplied at half the rate. Not yet measured.
#pragma once

#include "kernels/gemm/gemm_plain_config.h"
#include "kernels/gemm/gemm_problem.h"
#include "kernels/tile/epilogue.cuh"
#include "kernels/tile/tile_place.h"

namespace heddle::HEDDLE_BACKEND {

/// op(a), or op(b) transposed: element (x, k) of [size, k].
template <class T>
struct GemmOperand {
  T const* data;
  i64 size, stride, stride_k;  // one of the strides is 1
  i64 stride_product;
  GemmFactors factors = {};
  i64 first = 0;  // x of `data` in the operand

  /// From x on, of a product.
  HEDDLE_DEVICE GemmOperand of_tile(i64 product, i64 x) const {
    return {data + product * stride_product + x * stride, size - x, stride, stride_k, stride_product, factors, x};
  }
};

template <class T, GemmPlainConfig config>
struct GemmPlain {
  static constexpr int tile = config.tile, part = config.part, depth = 8;
  static constexpr int threads = (tile / part) * (tile / part);
  static constexpr int min_blocks = part == 8 || std::same_as<T, i8> ? 2 : 3;
  static constexpr int groups = part / 4;                 // of four neighbours, in each direction
  static constexpr int brought = tile * depth / threads;  // values of a strip by a thread
  static constexpr int pitch = tile + 4;
  using Sum = GemmSum<T>;
  using Sums = Sum[part][part];
  using Epilogue = TileEpilogue<tile, threads>;
  static_assert(threads == 256);

  struct Params {
    i64 k;
    GemmOperand<T> a, b;
    EpilogueOutput output;
  };
  struct Strips {
    alignas(16) Sum a[depth][pitch];
    alignas(16) Sum b[depth][pitch];
  };
  union SharedStorage {
    Strips strips[2];
    Sum sums[tile * tile];
    f32 columns[Epilogue::reduction_size];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    TilePlace const place = tile_place(blockIdx.x, p.output.m, p.output.n, tile, tile);
    Sums sums = {};
    multiply(p, place, shared, sums);
    __syncthreads();  // all have done with the last strips
    finish(p.output, place, sums, shared);
  }

 private:
  HEDDLE_DEVICE static void multiply(Params const& p, TilePlace place, SharedStorage& shared, Sums& sums) {
    GemmOperand<T> const of_a = p.a.of_tile(place.product, place.down * i64{tile}),
                         of_b = p.b.of_tile(place.product, place.across * i64{tile});
    Sum a[brought], b[brought];
    if (p.output.alpha == 0) return;
    bring(of_a, p.k, 0, a);
    bring(of_b, p.k, 0, b);
    put(of_a, a, shared.strips[0].a);
    put(of_b, b, shared.strips[0].b);
    __syncthreads();
    int current = 0;
    for (i64 next_k = depth;; next_k += depth) {
      if (next_k < p.k) {
        bring(of_a, p.k, next_k, a);
        bring(of_b, p.k, next_k, b);
      }
      multiply_strips(shared.strips[current], sums);
      if (next_k >= p.k) return;
      current ^= 1;
      put(of_a, a, shared.strips[current].a);  // all have done with what was there since the last barrier
      put(of_b, b, shared.strips[current].b);
      __syncthreads();
    }
  }

  /// A place of a strip.
  struct Place {
    int x, k;
  };

  /// Of the i-th value that this thread brings: neighbours in global memory are neighbouring threads'.
  HEDDLE_DEVICE static Place place_of(GemmOperand<T> const& operand, int i) {
    int const number = i * threads + static_cast<int>(threadIdx.x);
    if (operand.stride_k == 1) return {number / depth, number % depth};
    return {number % tile, number / tile};
  }

  HEDDLE_DEVICE static void bring(GemmOperand<T> const& operand, i64 k_size, i64 first_k, Sum (&values)[brought]) {
    T const* const from = operand.data + first_k * operand.stride_k;
    int const size = within_tile(operand.size, tile), k_left = within_tile(k_size - first_k, depth);
    HEDDLE_UNROLL
    for (int i = 0; i < brought; ++i) {
      Place const place = place_of(operand, i);
      bool const inside = place.x < size && place.k < k_left;
      values[i] = inside ? widened(load_constant<T>(from + place.x * operand.stride + place.k * operand.stride_k)) : 0;
      if constexpr (is_f8<T>)
        if (inside && operand.factors.data != nullptr)
          values[i] *= load_constant<f32>(operand.factors.at(operand.first + place.x, first_k / 128));
    }
  }

  HEDDLE_DEVICE static Sum widened(T value) {
    if constexpr (std::same_as<T, i8>)
      return value;
    else
      return to_f32(value);
  }

  HEDDLE_DEVICE static f32 multiply_add(f32 a, f32 b, f32 sum) { return __fmaf_rn(a, b, sum); }
  HEDDLE_DEVICE static i32 multiply_add(i32 a, i32 b, i32 sum) { return a * b + sum; }

  HEDDLE_DEVICE static int within_tile(i64 left, int most) { return left < most ? static_cast<int>(left) : most; }

  HEDDLE_DEVICE static void put(GemmOperand<T> const& operand, Sum const (&values)[brought],
                                Sum (&strip)[depth][pitch]) {
    HEDDLE_UNROLL
    for (int i = 0; i < brought; ++i) {
      Place const place = place_of(operand, i);
      strip[place.k][place.x] = values[i];
    }
  }

  /// The first of this thread's rows and columns of the tile; each group lies tile / groups further.
  HEDDLE_DEVICE static int row_of_thread() {
    int const warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
    return 4 * (warp / 2 * 4 + lane / 8);
  }
  HEDDLE_DEVICE static int column_of_thread() {
    int const warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
    return 4 * (warp % 2 * 8 + lane % 8);
  }

  HEDDLE_DEVICE static void multiply_strips(Strips const& strips, Sums& sums) {
    HEDDLE_UNROLL
    for (int k = 0; k < depth; ++k) {
      Sum a[part], b[part];
      load_groups(strips.a[k] + row_of_thread(), a);
      load_groups(strips.b[k] + column_of_thread(), b);
      HEDDLE_UNROLL
      for (int i = 0; i < part; ++i) HEDDLE_UNROLL
      for (int j = 0; j < part; ++j) sums[i][j] = multiply_add(a[i], b[j], sums[i][j]);
    }
  }

  HEDDLE_DEVICE static void load_groups(Sum const* line, Sum (&values)[part]) {
    HEDDLE_UNROLL
    for (int group = 0; group < groups; ++group) {
      auto const four = load<Vector<Sum, 4>>(line + group * (tile / groups));
      HEDDLE_UNROLL
      for (int i = 0; i < 4; ++i) values[4 * group + i] = four.values[i];
    }
  }

  HEDDLE_DEVICE static void finish(EpilogueOutput const& output, TilePlace place, Sums const& sums,
                                   SharedStorage& shared) {
    HEDDLE_UNROLL
    for (int i = 0; i < part; ++i) HEDDLE_UNROLL
    for (int group = 0; group < groups; ++group) {
      int const row = row_of_thread() + i / 4 * (tile / groups) + i % 4;
      int const column = column_of_thread() + group * (tile / groups);
      Sum const* const four = &sums[i][4 * group];
      store(shared.sums + Epilogue::place(row, column), Vector<Sum, 4>{four[0], four[1], four[2], four[3]});
    }
    __syncthreads();
    Epilogue epilogue(output, place.product, place.down * i64{tile}, place.across * i64{tile},
                      static_cast<int>(threadIdx.x));
    epilogue.finish_slice(0, tile, shared.sums);
    epilogue.finish_reductions(place.down, shared.columns, [] { __syncthreads(); });
  }
};

}  // namespace heddle::HEDDLE_BACKEND
