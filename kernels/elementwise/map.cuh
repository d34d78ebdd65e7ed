// out[i] = F(i, in0[i], in1[i], …): the one kernel shape of all elementwise operations.
//
// Threads: a block takes a tile of threads * accesses vectors of 16 bytes. Neighbouring threads read neighbouring
// vectors, and each has all of its loads on their way before it uses the first: 16 KB a block and input, of which a
// multiprocessor holds several. Each thread has read its elements before it writes them: `out` may be an input. What is
// left behind the last whole vector is taken element by element in the last block. Where a pointer is not aligned to 16
// bytes, all elements are.
//
// Floor: each input read and each output written once, at the 4.3 TB/s that an H200 copies; 64 Mi bf16 elements, one
// input: 268 MB, 62 us. Not yet measured.
#pragma once

#include "kernels/tile/elements.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class F>
struct Map {
  static constexpr int threads = 256;
  static constexpr int min_blocks = 3;  // at least 48 KB on their way of each input
  static constexpr int accesses = 4;    // of a thread to each input
  using Operands = ElementOperands<F>;

  struct Params {
    i64 count;
    bool vectorised;
    Operands operands;
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    if (!p.vectorised) return tile<1>(p);
    tile<elements_of_access<F>>(p);
    bool const last = blockIdx.x + 1 == gridDim.x;
    i64 const left = p.count - p.count % elements_of_access<F> + threadIdx.x;
    if (last && left < p.count) single(p, left);
  }

 private:
  template <int n>
  HEDDLE_DEVICE static void tile(Params const& p) {
    typename Operands::template Held<n> held[accesses];
    i64 const first = (static_cast<i64>(blockIdx.x) * (threads * accesses) + threadIdx.x) * n;
    HEDDLE_UNROLL
    for (int access = 0; access < accesses; ++access) {
      i64 const i = first + access * (threads * n);
      if (i + n <= p.count) p.operands.template read<n>(i, held[access]);
    }
    HEDDLE_UNROLL
    for (int access = 0; access < accesses; ++access) {
      i64 const i = first + access * (threads * n);
      f32 values[F::inputs][n];
      if (i + n <= p.count) p.operands.template evaluate<n>(i, held[access], values);
    }
  }

  HEDDLE_DEVICE static void single(Params const& p, i64 i) {
    typename Operands::template Held<1> held;
    f32 values[F::inputs][1];
    p.operands.template read<1>(i, held);
    p.operands.template evaluate<1>(i, held, values);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
