// What a kernel may ask of the processor beyond plain CUDA C++, and the one door to it.
//
// Compiled by nvcc, the names below are PTX and the CUDA runtime; compiled by the host compiler, they are the SIMT
// emulator of machine/host, which also supplies the names of CUDA C++ itself (threadIdx, __syncthreads, …). Both
// folders hold files of the same names with the same functions:
//   language.cuh         the words that mark device code, and the built-in names
//   convert.cuh          narrow types to f32 and back, alone and packed into words
//   math.cuh             approximations of functions, with the error they promise
//   packed_math.cuh      arithmetic on pairs of f16 or bf16
//   access.cuh           memory accesses of a chosen width
//   matrix.cuh           8x8 matrices between shared memory and registers: ldmatrix, stmatrix
//   mma.cuh              products of small matrices by a warp; fragment.h says which thread holds what
//   wgmma.cuh            products of large matrices by a warpgroup, from operand_tile.h, found by matrix_descriptor.h
//   shared_address.cuh   addresses as descriptors hold them
//   registers.cuh        registers that a warpgroup gives to another
//   elect.cuh            one thread of a warp to act for all
//   barrier.cuh          the barriers of a block beyond __syncthreads
//   async_copy.cuh       cp.async
//   mbarrier.cuh         barriers in shared memory that count arrivals and bytes
//   bulk_copy.cuh        asynchronous copies of contiguous memory
//   store_async.cuh      stores into other blocks that count themselves at a barrier
//   tensor_copy.cuh      asynchronous copies of boxes of tensors, which tensor_map.h describes
//   cluster.cuh          clusters of blocks
//   fence.cuh            orders of memory
//   grid_dependency.cuh  launches that overlap
//   launch.cuh           launch<Kernel>(grid, params, stream, name)
//
// HEDDLE_BACKEND is `cuda` or `emulated`: kernels and launchers stand in namespace heddle::HEDDLE_BACKEND, so that
// one source gives both heddle::cuda::layer_norm_forward and heddle::emulated::layer_norm_forward.
//
// A kernel is a function object:
//   struct Kernel {
//     static constexpr int threads = …;                // of a block: one-dimensional, at most 1024
//     static constexpr int cluster_size = …;           // optional, see cluster.cuh
//     static constexpr bool overlaps_previous = true;  // optional, see grid_dependency.cuh
//     static constexpr int min_blocks = …;             // optional: as many are to fit on a multiprocessor together
//     struct Params { … };                             // trivially copyable, at most 4 KB
//     struct SharedStorage { … };                      // never constructed: starts with unspecified contents
//     HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const;
//   };
#pragma once

#include "kernels/machine/fragment.h"
#include "kernels/machine/operand_tile.h"

#if defined(__CUDACC__)
#define HEDDLE_BACKEND cuda
#include "kernels/machine/cuda/access.cuh"
#include "kernels/machine/cuda/async_copy.cuh"
#include "kernels/machine/cuda/barrier.cuh"
#include "kernels/machine/cuda/bulk_copy.cuh"
#include "kernels/machine/cuda/cluster.cuh"
#include "kernels/machine/cuda/convert.cuh"
#include "kernels/machine/cuda/elect.cuh"
#include "kernels/machine/cuda/fence.cuh"
#include "kernels/machine/cuda/grid_dependency.cuh"
#include "kernels/machine/cuda/language.cuh"
#include "kernels/machine/cuda/launch.cuh"
#include "kernels/machine/cuda/math.cuh"
#include "kernels/machine/cuda/matrix.cuh"
#include "kernels/machine/cuda/mbarrier.cuh"
#include "kernels/machine/cuda/mma.cuh"
#include "kernels/machine/cuda/packed_math.cuh"
#include "kernels/machine/cuda/registers.cuh"
#include "kernels/machine/cuda/shared_address.cuh"
#include "kernels/machine/cuda/store_async.cuh"
#include "kernels/machine/cuda/tensor_copy.cuh"
#include "kernels/machine/cuda/wgmma.cuh"
#else
#define HEDDLE_BACKEND emulated
#include "kernels/machine/host/access.cuh"
#include "kernels/machine/host/async_copy.cuh"
#include "kernels/machine/host/barrier.cuh"
#include "kernels/machine/host/bulk_copy.cuh"
#include "kernels/machine/host/cluster.cuh"
#include "kernels/machine/host/convert.cuh"
#include "kernels/machine/host/elect.cuh"
#include "kernels/machine/host/fence.cuh"
#include "kernels/machine/host/grid_dependency.cuh"
#include "kernels/machine/host/language.cuh"
#include "kernels/machine/host/launch.cuh"
#include "kernels/machine/host/math.cuh"
#include "kernels/machine/host/matrix.cuh"
#include "kernels/machine/host/mbarrier.cuh"
#include "kernels/machine/host/mma.cuh"
#include "kernels/machine/host/packed_math.cuh"
#include "kernels/machine/host/registers.cuh"
#include "kernels/machine/host/shared_address.cuh"
#include "kernels/machine/host/store_async.cuh"
#include "kernels/machine/host/tensor_copy.cuh"
#include "kernels/machine/host/wgmma.cuh"
#endif
