// The figures of a batch, in one block: a number or two of each row.
//
// Floor: a launch. 2000 rows: 24 KB read by 1024 threads, two rows each. Not yet measured.
#pragma once

#include "kernels/machine/machine.cuh"
#include "kernels/optimizer/step_figures.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
struct StepFiguresKernel {
  static constexpr int threads = 1024;

  using Params = StepFiguresArgs<T>;
  struct SharedStorage {
    i64 of_warp[threads / 32];
  };

  HEDDLE_DEVICE void operator()(Params const& a, SharedStorage& shared) const {
    i64 correct = 0;
    for (i64 row = threadIdx.x; row < a.rows; row += threads) correct += a.is_correct(row);
    HEDDLE_UNROLL
    for (int distance = 16; distance > 0; distance /= 2) correct += __shfl_xor_sync(0xffffffffu, correct, distance);
    if (threadIdx.x % 32 == 0) shared.of_warp[threadIdx.x / 32] = correct;
    __syncthreads();
    if (threadIdx.x > 0) return;
    correct = 0;
    for (i64 const of_warp : shared.of_warp) correct += of_warp;
    a.finish(correct);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
