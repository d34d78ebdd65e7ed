// Kernels that only move memory, 16 bytes an access: the copy that sets the bandwidth ceiling, and the read that
// flushes the L2 cache without leaving anything in it to be written back.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

struct alignas(16) StreamWord {
  u32 words[4];
};

/// Thread i of all takes the words i, i + threads of the grid, and so on.
struct StreamCopy {
  static constexpr int threads = 512;
  struct Params {
    StreamWord const* source;  // [count]
    StreamWord* destination;   // [count]
    i64 count;
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    i64 const stride = i64{gridDim.x} * threads;
    for (i64 i = i64{blockIdx.x} * threads + threadIdx.x; i < p.count; i += stride)
      store(p.destination + i, load_constant<StreamWord>(p.source + i));
  }
};

struct StreamRead {
  static constexpr int threads = 512;
  struct Params {
    StreamWord const* source;  // [count], without zeros, so that nothing is ever written
    u32* zeros;                // [1]
    i64 count;
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    i64 const stride = i64{gridDim.x} * threads;
    for (i64 i = i64{blockIdx.x} * threads + threadIdx.x; i < p.count; i += stride)
      if (load_constant<StreamWord>(p.source + i).words[0] == 0) *p.zeros = 1;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
