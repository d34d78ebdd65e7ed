// The names of CUDA C++ for the host compiler, with the emulator behind them.
#pragma once

#include <source_location>

#include "kernels/machine/host/arithmetic.cuh"
#include "kernels/machine/host/atomics.cuh"
#include "kernels/machine/host/bits.cuh"
#include "kernels/machine/host/collectives.cuh"
#include "kernels/machine/host/reductions.cuh"
#include "kernels/machine/host/scheduler/block.h"
#include "kernels/machine/host/scheduler/builtin.h"
#include "kernels/machine/host/shuffles.cuh"
#include "kernels/machine/host/votes.cuh"

#define HEDDLE_DEVICE
#define HEDDLE_HOST_DEVICE
#define HEDDLE_UNROLL

inline void __syncthreads(std::source_location where = std::source_location::current()) {
  auto& block = heddle::emulated::Block::current("__syncthreads");
  block.barrier(0, block.threads(), true, "__syncthreads", where);
}
