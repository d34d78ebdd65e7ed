// The matrix product on the ordinary arithmetic units: true single precision for f32, exact sums for i8, and any shape,
// type and alignment.
//
// Threads: a block makes a square tile of d. While it multiplies strips of A and B that lie in shared memory, `depth`
// long along k, widened to f32 (i8 to i32) and times the factors of their blocks, each thread has its share of the next
// strips on the way to registers. A thread makes part x part elements, four neighbours of a row at a time; the 32 of a
// warp stand 4 x 8, so that a quarter of a warp reads 128 bytes of B at once, and one value of A.
//
// Floor: 2 m n k operations; 4096 x 4096 x 4096: 137 GFLOP, 2.05 ms at the 67 TFLOP/s of an H200 in f32. In a step
// along k a thread reads 2 part values for part x part fused operations: at part = 8, shared memory is busy as long as
// the arithmetic units are. Of i8 it is twice as long, as integers are multiplied at half the rate. Not yet measured.
#pragma once

#include "kernels/gemm/gemm_output.cuh"
#include "kernels/gemm/gemm_plain_config.h"
#include "kernels/gemm/gemm_scales.cuh"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

/// op(a), or op(b) transposed: element (x, k) of [size, k].
template <class T>
struct GemmOperand {
  T const* data;
  i64 size, stride, stride_k;  // one of the strides is 1
  GemmFactors factors = {};
};

template <class T, class D, GemmPlainConfig config>
struct GemmPlain {
  static constexpr int tile = config.tile, part = config.part, depth = 8;
  static constexpr int threads = (tile / part) * (tile / part);
  static constexpr int min_blocks = part == 8 ? 2 : 3;
  static constexpr int groups = part / 4;                 // of four neighbours, in each direction
  static constexpr int brought = tile * depth / threads;  // values of a strip by a thread
  static constexpr int pitch = tile + 4;
  static_assert(threads == 256);
  using Sum = GemmSum<T>;

  struct Params {
    i64 k;
    GemmOperand<T> a, b;
    GemmScale scale;
    GemmOutput<D> output;
    bool vectorised;  // four neighbours of c and d are one access
  };
  struct Strips {
    alignas(16) Sum a[depth][pitch];
    alignas(16) Sum b[depth][pitch];
  };
  struct SharedStorage {
    Strips strips[2];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    i64 const across = (p.output.n + tile - 1) / tile;
    i64 const first_row = blockIdx.x / across * tile, first_column = blockIdx.x % across * tile;
    i64 const rounds = p.output.alpha == 0 ? 0 : (p.k + depth - 1) / depth;
    Sum sums[part][part] = {};
    Sum a[brought], b[brought];
    if (rounds > 0) {
      bring(p.a, p.k, first_row, 0, a);
      bring(p.b, p.k, first_column, 0, b);
      put(p.a, a, shared.strips[0].a);
      put(p.b, b, shared.strips[0].b);
      __syncthreads();
    }
    for (i64 round = 0; round < rounds; ++round) {
      bool const more = round + 1 < rounds;
      if (more) {
        bring(p.a, p.k, first_row, (round + 1) * depth, a);
        bring(p.b, p.k, first_column, (round + 1) * depth, b);
      }
      multiply(shared.strips[round % 2], sums);
      if (!more) break;
      Strips& next = shared.strips[(round + 1) % 2];  // all have done with it since the last barrier
      put(p.a, a, next.a);
      put(p.b, b, next.b);
      __syncthreads();
    }
    write(p, first_row, first_column, sums);
  }

 private:
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

  HEDDLE_DEVICE static void bring(GemmOperand<T> const& operand, i64 k_size, i64 first, i64 first_k,
                                  Sum (&values)[brought]) {
    T const* const from = operand.data + first * operand.stride + first_k * operand.stride_k;
    int const size = within_tile(operand.size - first, tile), k_left = within_tile(k_size - first_k, depth);
    HEDDLE_UNROLL
    for (int i = 0; i < brought; ++i) {
      Place const place = place_of(operand, i);
      bool const inside = place.x < size && place.k < k_left;
      values[i] = inside ? widened(load_constant<T>(from + place.x * operand.stride + place.k * operand.stride_k)) : 0;
      if constexpr (is_f8<T>)
        if (inside && operand.factors.data != nullptr) values[i] *= operand.factors.at(first + place.x, first_k / 128);
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

  HEDDLE_DEVICE static void multiply(Strips const& strips, Sum (&sums)[part][part]) {
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

  HEDDLE_DEVICE static void write(Params const& p, i64 first_row, i64 first_column, Sum const (&sums)[part][part]) {
    GemmOutput<D> output = p.output;
    output.alpha = p.scale.times(output.alpha);
    HEDDLE_UNROLL
    for (int i = 0; i < part; ++i) {
      i64 const row = first_row + row_of_thread() + i / 4 * (tile / groups) + i % 4;
      if (row >= output.m) continue;
      HEDDLE_UNROLL
      for (int group = 0; group < groups; ++group) {
        i64 const column = first_column + column_of_thread() + group * (tile / groups);
        write_four(output, p.vectorised, row, column, &sums[i][4 * group]);
      }
    }
  }

  HEDDLE_DEVICE static void write_four(GemmOutput<D> const& output, bool vectorised, i64 row, i64 column,
                                       Sum const* sums) {
    if (std::same_as<D, i32> || !vectorised || column + 4 > output.n) {
      HEDDLE_UNROLL
      for (int j = 0; j < 4; ++j) output.write(row, column + j, sums[j]);
      return;
    }
    if constexpr (!std::same_as<D, i32>) {
      Vector<D, 4> four = {};
      if (output.beta != 0) four = load<Vector<D, 4>>(output.c + row * output.ldc + column);
      HEDDLE_UNROLL
      for (int j = 0; j < 4; ++j)
        four.values[j] = from_f32<D>(output.scaled(static_cast<f32>(sums[j]), four.values[j]));
      store(output.d + row * output.ldd + column, four);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
