// The sum of squares of a list of tensors, in two launches for up to 160 of them.
//
// Threads: the tensors are cut into chunks of 32 KB, a block each, whatever tensor they belong to. A thread has eight
// 16-byte loads on their way before it uses the first. Squares are added in double, where a square of an f32 is exact:
// nothing overflows, so that infinity in the sum tells of infinity in an element. Each chunk leaves one double, and one
// block adds those up in their order.
//
// Floor: each element read once; 100 M f32: 400 MB, 93 us at 4.3 TB/s of an H200. Not yet measured.
#pragma once

#include "kernels/reduce/sum_of_squares.h"
#include "kernels/tile/elements.cuh"

namespace heddle::HEDDLE_BACKEND {

HEDDLE_DEVICE inline double warp_sum_double(double value) {
  HEDDLE_UNROLL
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
  return value;
}

/// The sum of `value` over the block, in thread 0.
template <int warps>
HEDDLE_DEVICE double block_sum_double(double value, double (&shared)[warps]) {
  value = warp_sum_double(value);
  if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
  __syncthreads();
  if (threadIdx.x > 0) return 0;
  for (int warp = 1; warp < warps; ++warp) value += shared[warp];
  return value;
}

template <class T>
struct SumOfSquares {
  static constexpr int threads = 256;
  static constexpr int accesses = 8;
  static constexpr i64 chunk = SumOfSquaresArgs<T>::chunk;
  static constexpr int most = static_cast<int>(SumOfSquaresArgs<T>::most);
  static_assert(chunk == i64{threads} * accesses * widest_vector<T>);

  struct Params {
    i64 first_chunk[most + 1];  // of each tensor, then the number of all
    TensorOfList<T> x[most];
    double* sums;  // [chunks]
  };
  struct SharedStorage {
    double of_warp[threads / 32];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const tensor = tensor_of(p, blockIdx.x);
    i64 const first = (blockIdx.x - p.first_chunk[tensor]) * chunk;
    i64 const count = p.x[tensor].count - first < chunk ? p.x[tensor].count - first : chunk;
    T const* const x = p.x[tensor].data + first;
    bool const aligned = reinterpret_cast<std::uintptr_t>(x) % 16 == 0;
    double const sum = aligned ? sum_vectors(x, count) : sum_elements(x, 0, count);
    double const total = block_sum_double(sum, shared.of_warp);
    if (threadIdx.x == 0) p.sums[blockIdx.x] = total;
  }

 private:
  /// The tensor that a chunk lies in.
  HEDDLE_DEVICE static int tensor_of(Params const& p, i64 chunk_index) {
    int first = 0, last = most;  // first_chunk[first] <= chunk_index < first_chunk[last]
    while (last - first > 1) {
      int const middle = (first + last) / 2;
      (p.first_chunk[middle] <= chunk_index ? first : last) = middle;
    }
    return first;
  }

  HEDDLE_DEVICE static double sum_vectors(T const* x, i64 count) {
    constexpr int n = widest_vector<T>;
    RawVector<T, n> held[accesses] = {};
    HEDDLE_UNROLL
    for (int access = 0; access < accesses; ++access) {
      i64 const i = (access * threads + static_cast<i64>(threadIdx.x)) * n;
      if (i + n <= count) held[access] = load_constant<RawVector<T, n>>(x + i);
    }
    double sum = 0;
    HEDDLE_UNROLL
    for (int access = 0; access < accesses; ++access) {
      auto const elements = std::bit_cast<Vector<T, n>>(held[access]);
      HEDDLE_UNROLL
      for (int k = 0; k < n; ++k) add_square(sum, elements.values[k]);
    }
    return sum + sum_elements(x, count / n * n, count);
  }

  HEDDLE_DEVICE static double sum_elements(T const* x, i64 first, i64 count) {
    double sum = 0;
    for (i64 i = first + threadIdx.x; i < count; i += threads) add_square(sum, x[i]);
    return sum;
  }

  HEDDLE_DEVICE static void add_square(double& sum, T x) {
    double const value = to_f32(x);
    sum += value * value;
  }
};

struct SumOfSquaresFinish {
  static constexpr int threads = 512;

  struct Params {
    i64 chunks;
    double const* sums;  // [chunks]
    double* sum;         // [1]
  };
  struct SharedStorage {
    double of_warp[threads / 32];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    double sum = 0;
    for (i64 i = threadIdx.x; i < p.chunks; i += threads) sum += p.sums[i];
    double const total = block_sum_double(sum, shared.of_warp);
    if (threadIdx.x == 0) *p.sum = total;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
