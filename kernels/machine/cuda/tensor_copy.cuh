// Asynchronous copies of boxes of tensors (PTX ISA, cp.async.bulk.tensor). One thread issues one; the map, which is a
// member of the Params, says what a box is (tensor_map.h). Coordinates are those of the box's first element, innermost
// dimension first, and may lie outside of the tensor.
//
// In shared memory a box is dense, its row of dimension 0 innermost, swizzled as the map says, and starts at a multiple
// of 128 bytes. What a load finds outside of the tensor is filled and counts; stores leave it out. Completion is that
// of bulk_copy.cuh.
#pragma once

#include "kernels/machine/cuda/architecture.cuh"
#include "kernels/machine/cuda/tensor_copy_instruction.cuh"

namespace heddle::cuda {

/// The box at the coordinates, to shared memory of this block; box_bytes are counted at the barrier.
template <int rank>
__device__ void tensor_load(void* shared, TensorMap const& map, i32 const (&coordinates)[rank], MBarrier& barrier,
                            CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::load_tile<detail::ToOneBlock>(shared, map, coordinates, barrier, 0, policy);
  else
    __trap();
}

/// Likewise to each block of the cluster whose bit is set in `blocks`, at the same place, counted at the barrier at the
/// same place.
template <int rank>
__device__ void tensor_load_multicast(void* shared, TensorMap const& map, i32 const (&coordinates)[rank],
                                      MBarrier& barrier, u32 blocks, CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::load_tile<detail::ToManyBlocks>(shared, map, coordinates, barrier, blocks, policy);
  else
    __trap();
}

/// The column of pixels of an Im2colTensor from a base position (c, w, h, d, n) on, at the offsets (w, h, d).
template <int rank>
__device__ void tensor_load_im2col(void* shared, TensorMap const& map, i32 const (&coordinates)[rank],
                                   unsigned short const (&offsets)[rank - 2], MBarrier& barrier,
                                   CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::load_im2col<detail::ToOneBlock>(shared, map, coordinates, offsets, barrier, 0, policy);
  else
    __trap();
}

template <int rank>
__device__ void tensor_load_im2col_multicast(void* shared, TensorMap const& map, i32 const (&coordinates)[rank],
                                             unsigned short const (&offsets)[rank - 2], MBarrier& barrier, u32 blocks,
                                             CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::load_im2col<detail::ToManyBlocks>(shared, map, coordinates, offsets, barrier, blocks, policy);
  else
    __trap();
}

/// A box in shared memory to that at the coordinates of a TiledTensor.
template <int rank>
__device__ void tensor_store(TensorMap const& map, i32 const (&coordinates)[rank], void const* shared,
                             CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::store<detail::Store, detail::Tile>(map, coordinates, shared, policy);
  else
    __trap();
}

/// Likewise, adding as bulk_reduce_add does.
template <int rank>
__device__ void tensor_reduce_add(TensorMap const& map, i32 const (&coordinates)[rank], void const* shared,
                                  CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::store<detail::Addition, detail::Tile>(map, coordinates, shared, policy);
  else
    __trap();
}

/// A column of pixels in shared memory to that of an Im2colTensor from a base position (c, w, h, d, n) on, without
/// offsets: positions outside of the tensor are left out.
template <int rank>
__device__ void tensor_store_im2col(TensorMap const& map, i32 const (&coordinates)[rank], void const* shared,
                                    CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::store<detail::Store, detail::Pixels>(map, coordinates, shared, policy);
  else
    __trap();
}

/// Likewise, adding as bulk_reduce_add does.
template <int rank>
__device__ void tensor_reduce_add_im2col(TensorMap const& map, i32 const (&coordinates)[rank], void const* shared,
                                         CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::store<detail::Addition, detail::Pixels>(map, coordinates, shared, policy);
  else
    __trap();
}

/// The box at the coordinates of a TiledTensor, to the second-level cache.
template <int rank>
__device__ void tensor_prefetch(TensorMap const& map, i32 const (&coordinates)[rank],
                                CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::prefetch_tile(map, coordinates, policy);
  else
    __trap();
}

/// What tensor_load_im2col would load, likewise.
template <int rank>
__device__ void tensor_prefetch_im2col(TensorMap const& map, i32 const (&coordinates)[rank],
                                       unsigned short const (&offsets)[rank - 2],
                                       CachePolicy policy = CachePolicy::evict_normal) {
  if constexpr (architecture >= 90)
    detail::prefetch_im2col(map, coordinates, offsets, policy);
  else
    __trap();
}

/// The map itself, which a copy reads first.
__device__ inline void tensor_map_prefetch(TensorMap const& map) {
  if constexpr (architecture >= 90)
    asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory");
  else
    __trap();
}

}  // namespace heddle::cuda
