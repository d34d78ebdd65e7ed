// The matrix product with few rows or few columns of d: what it costs is to read the large operand, once.
//
// Call the operands large [lines, k] and small [few lines, k]: d, or d transposed, is large * small^T. Threads: a block
// takes some lines of the large operand, and its threads share k. A thread brings a patch of it, of some lines by one
// vector along k, as 16-byte loads along the lines' direction, while it multiplies the patch before by what lies of the
// small operand in shared memory. At the end the sums of the threads are added, by shuffles that leave each lane sums
// of its own, and those of the warps by way of shared memory: always in the same order.
//
// Floor: the bytes of the large operand. n = k = 4096 in bf16: 33.5 MB, 7 us at the 4.8 TB/s of an H200, which is 21
// bytes a cycle of a multiprocessor. A warp's patch is 4 KB, 200 cycles of that; with 8 small lines it costs 512 fused
// multiply-adds, 128 conversions and 8 reads of shared memory, some 180 cycles of the four schedulers; with 16, twice
// that. 8 warps have 32 KB on their way, of the 15 KB that cover a latency of 400 ns. Not yet measured.
#pragma once

#include "kernels/core/math.h"
#include "kernels/gemm/gemm_skinny_config.h"
#include "kernels/machine/matrix_descriptor.h"
#include "kernels/tile/epilogue.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Element (line, k) of [lines, k].
template <class T>
struct SkinnyOperand {
  T const* data;
  i64 lines, stride, stride_k;  // one of the strides is 1
  bool vectorised;              // 16 bytes are one access
};

/// `major` says in which direction the large operand is contiguous.
template <class T, Major major, GemmSkinnyConfig config>
struct GemmSkinny {
  static constexpr int threads = 256, warps = threads / 32, min_blocks = 1;
  static constexpr int small = config.small, lines = config.lines;
  static constexpr int vector = widest_vector<T>;
  static constexpr bool along_k = major == Major::k;
  // Of a patch: lines, by `vector` elements of k; loads.
  static constexpr int patch_lines = along_k ? (small == 16 ? 4 : 8) : vector;
  static constexpr int loads = along_k ? patch_lines : vector;
  // How a warp and the block are laid over lines and k.
  static constexpr int line_lanes = along_k ? 1 : lines / vector, k_lanes = 32 / line_lanes;
  static constexpr int line_warps = along_k ? lines / patch_lines : 1, k_warps = warps / line_warps;
  static constexpr int span = k_warps * k_lanes * vector;  // of k, that the block multiplies at a time
  static constexpr int depth = threads * vector;           // of k, that lies in shared memory
  static constexpr int sums = patch_lines * small;
  static constexpr int pitch = 32 + 32 / small;  // neighbours of either direction lie in different banks
  static_assert(depth % span == 0 && lines == line_warps * line_lanes * patch_lines && lines <= 32);
  using Vec = Vector<T, vector>;

  struct Params {
    i64 k;  // 0 where there is nothing to multiply
    SkinnyOperand<T> large, small;
    EpilogueOutput output;
    bool small_is_a;  // its lines are the rows of d; else the columns
  };
  struct SharedStorage {
    alignas(16) T small[GemmSkinny::small][depth + vector];
    alignas(16) f32 partial[k_warps][GemmSkinny::small][pitch];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    i64 const first_line = static_cast<i64>(blockIdx.x) * lines;
    T const* const small_of_thread = shared.small[0] + k_place();
    f32 total[sums] = {};
    Vec patch[loads], next[loads];
    load_patch(p, first_line, 0, next);
    for (i64 first_k = 0; first_k < p.k; first_k += depth) {
      __syncthreads();  // all have done with the small operand before
      bring_small(p, first_k, shared);
      __syncthreads();
      for (int step = 0; step < depth && first_k + step < p.k; step += span) {
        HEDDLE_UNROLL
        for (int i = 0; i < loads; ++i) patch[i] = next[i];
        load_patch(p, first_line, first_k + step + span, next);
        multiply(patch, small_of_thread + step, total);
      }
    }
    add_lanes(total, shared);
    __syncthreads();
    write(p, first_line, shared);
  }

 private:
  HEDDLE_DEVICE static int lane() { return static_cast<int>(threadIdx.x) % 32; }
  HEDDLE_DEVICE static int warp() { return static_cast<int>(threadIdx.x) / 32; }
  /// The first of this thread's lines of the block's, and the first k of those of a step.
  HEDDLE_DEVICE static int line_place() { return (warp() / k_warps * line_lanes + lane() % line_lanes) * patch_lines; }
  HEDDLE_DEVICE static int k_place() { return (warp() % k_warps * k_lanes + lane() / line_lanes) * vector; }

  /// How many of a vector's elements are there, where `left` are.
  HEDDLE_DEVICE static int valid_of(i64 left) {
    return left >= vector ? vector : left > 0 ? static_cast<int>(left) : 0;
  }

  /// Zeros where there are no more.
  HEDDLE_DEVICE static Vec load_vector(T const* from, int valid, bool vectorised) {
    if (vectorised && valid == vector) return load_constant_past_l1<Vec>(from);
    Vec result = {};
    HEDDLE_UNROLL
    for (int i = 0; i < vector; ++i)
      if (i < valid) result.values[i] = load_constant<T>(from + i);
    return result;
  }

  HEDDLE_DEVICE static void load_patch(Params const& p, i64 first_line, i64 first_k, Vec (&patch)[loads]) {
    i64 const line = first_line + line_place(), k = first_k + k_place();
    i64 const lines_left = p.large.lines - line, k_left = p.k - k;
    T const* const from = p.large.data + line * p.large.stride + k * p.large.stride_k;
    HEDDLE_UNROLL
    for (int i = 0; i < loads; ++i) {
      if constexpr (along_k)
        patch[i] = load_vector(from + i * p.large.stride, i < lines_left ? valid_of(k_left) : 0, p.large.vectorised);
      else
        patch[i] = load_vector(from + i * p.large.stride_k, i < k_left ? valid_of(lines_left) : 0, p.large.vectorised);
    }
  }

  HEDDLE_DEVICE static void bring_small(Params const& p, i64 first_k, SharedStorage& shared) {
    if (p.small.stride_k == 1) {
      int const place = static_cast<int>(threadIdx.x) * vector;
      HEDDLE_UNROLL
      for (int line = 0; line < small; ++line) {
        int const valid = line < p.small.lines ? valid_of(p.k - first_k - place) : 0;
        T const* const from = p.small.data + line * p.small.stride + first_k + place;
        store(&shared.small[line][place], load_vector(from, valid, p.small.vectorised));
      }
      return;
    }
    for (int number = static_cast<int>(threadIdx.x); number < small * depth; number += threads) {
      int const line = number % small, place = number / small;
      bool const there = line < p.small.lines && first_k + place < p.k;
      shared.small[line][place] =
          there ? load_constant<T>(p.small.data + line + (first_k + place) * p.small.stride_k) : T{};
    }
  }

  HEDDLE_DEVICE static void multiply(Vec const (&patch)[loads], T const* small_of_thread, f32 (&total)[sums]) {
    f32 large[patch_lines][vector];
    HEDDLE_UNROLL
    for (int line = 0; line < patch_lines; ++line) HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) large[line][k] = to_f32(along_k ? patch[line].values[k] : patch[k].values[line]);
    HEDDLE_UNROLL
    for (int j = 0; j < small; ++j) {
      Vec const factors = load<Vec>(small_of_thread + j * (depth + vector));
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) {
        f32 const factor = to_f32(factors.values[k]);
        HEDDLE_UNROLL
        for (int line = 0; line < patch_lines; ++line)
          total[line * small + j] = __fmaf_rn(large[line][k], factor, total[line * small + j]);
      }
    }
  }

  /// Adds the sums of lanes that share lines, until each lane holds sums of its own.
  HEDDLE_DEVICE static void add_lanes(f32 (&total)[sums], SharedStorage& shared) {
    int const first = halve<16, sums / 2>(total);
    HEDDLE_UNROLL
    for (int i = 0; i < sums / k_lanes; ++i)
      shared.partial[warp() % k_warps][(first + i) % small][line_place() + (first + i) / small] = total[i];
  }

  /// Two lanes share what is left between them, twice `half` sums: one keeps the first half, the other the second. The
  /// place of the first sum that this lane keeps in the end.
  template <int distance, int half>
  HEDDLE_DEVICE static int halve(f32 (&total)[sums]) {
    bool const upper = (lane() & distance) != 0;
    HEDDLE_UNROLL
    for (int i = 0; i < half; ++i) {
      f32 const given = upper ? total[i] : total[half + i], kept = upper ? total[half + i] : total[i];
      total[i] = kept + __shfl_xor_sync(0xffffffffu, given, distance);
    }
    int const first = upper ? half : 0;
    if constexpr (distance > line_lanes)
      return first + halve<distance / 2, half / 2>(total);
    else
      return first;
  }

  /// As wide as rows are aligned: the lanes of an access meet in no bank.
  HEDDLE_DEVICE static Vector<f32, 4> sums_of_row(f32 const* from) {
    if constexpr (pitch % 4 == 0) return load<Vector<f32, 4>>(from);
    auto const low = load<Vector<f32, 2>>(from), high = load<Vector<f32, 2>>(from + 2);
    return {{low.values[0], low.values[1], high.values[0], high.values[1]}};
  }
  HEDDLE_DEVICE static Vector<f32, 4> sums_of_column(f32 const* from) {
    return {{from[0], from[pitch], from[2 * pitch], from[3 * pitch]}};
  }

  HEDDLE_DEVICE static void write(Params const& p, i64 first_line, SharedStorage const& shared) {
    constexpr int count = EpilogueColumns::count;
    int const length = p.small_is_a ? lines : small;  // of a row of d
    for (int number = count * static_cast<int>(threadIdx.x); number < lines * small; number += count * threads) {
      int const row = number / length, column = number % length;
      f32 x[count] = {};
      for (int part = 0; part < k_warps; ++part) {
        Vector<f32, count> const sums_of_part = p.small_is_a ? sums_of_row(shared.partial[part][row] + column)
                                                             : sums_of_column(&shared.partial[part][column][row]);
        HEDDLE_UNROLL
        for (int i = 0; i < count; ++i) x[i] += sums_of_part.values[i];
      }
      i64 const row_of_d = p.small_is_a ? row : first_line + row;
      i64 const column_of_d = p.small_is_a ? first_line + column : column;
      if (row_of_d < p.output.m) EpilogueColumns(p.output, 0, column_of_d).finish(row_of_d, x);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
