// The L2 norm of a list of gradients. GradientSquares writes the sum of squares of each chunk, GradientNormFinish adds
// those up in one block and writes the numbers of the step. The order of additions is fixed by the sizes: no atomics,
// the same bits in every run. Sums are of double precision: no finite gradient overflows, so that the sum is finite if
// and only if all gradients are.
//
// Threads: multi_tensor.cuh. A block takes 16384 elements, four turns of four accesses of each thread.
//
// Floor: each gradient read once. 100 M in f32: 400 MB, 93 us at the 4.3 TB/s that an H200 copies; one multiply-add in
// double an element is a twentieth of its rate. The partial sums are 8 bytes for 64 KB. Not yet measured.
#pragma once

#include <cmath>

#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/multi_tensor.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The sum of `value` over the threads of a block, in thread 0. All threads call this once.
template <int threads>
HEDDLE_DEVICE double block_sum(double value, double (&of_warp)[threads / 32]) {
  auto const warp_sum_of = [](double sum) {
    HEDDLE_UNROLL
    for (int distance = 16; distance > 0; distance /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
    return sum;
  };
  int const warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  value = warp_sum_of(value);
  if (lane == 0) of_warp[warp] = value;
  __syncthreads();
  return warp == 0 ? warp_sum_of(lane < threads / 32 ? of_warp[lane] : 0.0) : 0.0;
}

template <class T>
struct GradientSquares {
  static constexpr int threads = multi_tensor_threads;

  struct Params {
    double* sums;  // [chunks]
    TensorTable<GradientTensor<T>> table;
  };
  struct SharedStorage {
    double of_warp[threads / 32];
  };

  struct Work {
    using Tensor = GradientTensor<T>;
    static constexpr i64 chunk = gradient_norm_chunk;
    static constexpr int accesses = 4;
    double sum = 0;

    template <int vector>
    struct Elements {
      Vector<T, vector> gradient;
      HEDDLE_DEVICE void load(Tensor const& t, i64 first) {
        gradient = load_constant<Vector<T, vector>>(t.gradient + first);
      }
    };

    HEDDLE_DEVICE static bool aligned(Tensor const& t) { return all_aligned(t.gradient); }

    template <int vector>
    HEDDLE_DEVICE void apply(Elements<vector> const& e, Tensor const&, i64) {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) {
        double const value = to_f32(e.gradient.values[k]);
        sum += value * value;
      }
    }
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    Work work;
    for_each_of_chunk(work, p.table);
    double const sum = block_sum<threads>(work.sum, shared.of_warp);
    if (threadIdx.x == 0) p.sums[blockIdx.x] = sum;
  }
};

struct GradientNormFinish {
  static constexpr int threads = 1024;

  struct Params {
    i64 chunks;
    double const* sums;  // [chunks]
    StepRules rules;
    StepState* state;  // [1]
  };
  struct SharedStorage {
    double of_warp[threads / 32];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    double own = 0;
    for (i64 i = threadIdx.x; i < p.chunks; i += threads) own += p.sums[i];
    double const sum = block_sum<threads>(own, shared.of_warp);
    if (threadIdx.x > 0) return;
    finish_step(p.rules, sqrt(sum), *p.state);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
