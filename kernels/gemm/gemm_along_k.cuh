// Lays an operand whose lines go across k along it, as the matrix units want elements that are not of 16 bits.
//
// Threads: a block takes a square of elements through shared memory, which it reads in the one direction and writes in
// the other; neighbours of a line are neighbouring threads'.
//
// Floor: each element is read and written once; 8192 x 8192 of f32: 537 MB, 0.11 ms at the 4.8 TB/s of an H200, where
// their product as tf32 takes 2.2 ms. Elements of a byte go one at a time, a sector of 32 bytes a warp. Not yet
// measured.
#pragma once

#include "kernels/core/math.h"
#include "kernels/gemm/gemm_tensor_core.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
struct GemmAlongK {
  static constexpr int threads = 256, square = 64;

  struct Params {
    GemmAcross<T> operand;
    T* to;  // [products, size, leading_to], of which k are written
    i64 leading_to;
  };
  struct SharedStorage {
    T square[GemmAlongK::square][GemmAlongK::square + 4 / sizeof(T)];  // lines begin in banks one after the other
  };

  static constexpr i64 blocks(i64 size, i64 k) { return ceil_div<i64>(size, square) * ceil_div<i64>(k, square); }

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    GemmAcross<T> const& o = p.operand;
    i64 const across = ceil_div<i64>(o.size, square), of_product = blocks(o.size, o.k);
    i64 const product = blockIdx.x / of_product, place = blockIdx.x % of_product;
    i64 const first = place % across * square, first_k = place / across * square;
    for_each_element([&](int k, int x) {
      if (first_k + k < o.k && first + x < o.size)
        shared.square[k][x] =
            load_constant<T>(o.data + product * o.stride_product + (first_k + k) * o.leading + first + x);
    });
    __syncthreads();
    for_each_element([&](int x, int k) {
      if (first_k + k < o.k && first + x < o.size)
        store(p.to + (product * o.size + first + x) * p.leading_to + first_k + k, shared.square[k][x]);
    });
  }

 private:
  /// Calls body(line, place in it) for this thread's elements of the square.
  template <class Body>
  HEDDLE_DEVICE static void for_each_element(Body const& body) {
    HEDDLE_UNROLL
    for (int i = 0; i < square * square / threads; ++i) {
      int const number = i * threads + static_cast<int>(threadIdx.x);
      body(number / square, number % square);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
