// Asynchronous copies of boxes of tensors (PTX ISA, cp.async.bulk.tensor). One thread issues one; the map, which is a
// member of the Params, says what a box is (tensor_map.h). Coordinates are those of the box's first element, innermost
// dimension first, and may lie outside of the tensor.
//
// In shared memory a box is dense, its row of dimension 0 innermost, swizzled as the map says, and starts at a multiple
// of 128 bytes. What a load finds outside of the tensor is filled and counts; stores leave it out. Completion is that
// of bulk_copy.cuh.
//
// Every function throws an Error for a map of another kind or rank, an address that is no such multiple, and a box that
// does not fit into the shared memory of the block.
#pragma once

#include "kernels/machine/cache_policy.h"
#include "kernels/machine/host/bulk_copy.cuh"
#include "kernels/machine/host/tensor_box.h"

namespace heddle::emulated {

/// The box at the coordinates, to shared memory of this block; box_bytes are counted at the barrier.
template <int rank>
void tensor_load(void* shared, TensorMap const& map, i32 const (&coordinates)[rank], MBarrier& barrier,
                 CachePolicy = CachePolicy::evict_normal,
                 std::source_location where = std::source_location::current()) {
  load_tile({"tensor_load", map, coordinates, where}, shared, barrier, this_block());
}

/// Likewise to each block of the cluster whose bit is set in `blocks`, at the same place, counted at the barrier at the
/// same place.
template <int rank>
void tensor_load_multicast(void* shared, TensorMap const& map, i32 const (&coordinates)[rank], MBarrier& barrier,
                           u32 blocks, CachePolicy = CachePolicy::evict_normal,
                           std::source_location where = std::source_location::current()) {
  load_tile({"tensor_load_multicast", map, coordinates, where}, shared, barrier, blocks);
}

/// The column of pixels of an Im2colTensor from a base position (c, w, h, d, n) on, at the offsets (w, h, d).
template <int rank>
void tensor_load_im2col(void* shared, TensorMap const& map, i32 const (&coordinates)[rank],
                        unsigned short const (&offsets)[rank - 2], MBarrier& barrier,
                        CachePolicy = CachePolicy::evict_normal,
                        std::source_location where = std::source_location::current()) {
  load_im2col({"tensor_load_im2col", map, coordinates, where}, offsets, shared, barrier, this_block());
}

template <int rank>
void tensor_load_im2col_multicast(void* shared, TensorMap const& map, i32 const (&coordinates)[rank],
                                  unsigned short const (&offsets)[rank - 2], MBarrier& barrier, u32 blocks,
                                  CachePolicy = CachePolicy::evict_normal,
                                  std::source_location where = std::source_location::current()) {
  load_im2col({"tensor_load_im2col_multicast", map, coordinates, where}, offsets, shared, barrier, blocks);
}

/// A box in shared memory to that at the coordinates of a TiledTensor.
template <int rank>
void tensor_store(TensorMap const& map, i32 const (&coordinates)[rank], void const* shared,
                  CachePolicy = CachePolicy::evict_normal,
                  std::source_location where = std::source_location::current()) {
  store_tile({"tensor_store", map, coordinates, where}, shared, false);
}

/// Likewise, adding as bulk_reduce_add does.
template <int rank>
void tensor_reduce_add(TensorMap const& map, i32 const (&coordinates)[rank], void const* shared,
                       CachePolicy = CachePolicy::evict_normal,
                       std::source_location where = std::source_location::current()) {
  store_tile({"tensor_reduce_add", map, coordinates, where}, shared, true);
}

/// A column of pixels in shared memory to that of an Im2colTensor from a base position (c, w, h, d, n) on, without
/// offsets: positions outside of the tensor are left out.
template <int rank>
void tensor_store_im2col(TensorMap const& map, i32 const (&coordinates)[rank], void const* shared,
                         CachePolicy = CachePolicy::evict_normal,
                         std::source_location where = std::source_location::current()) {
  store_im2col({"tensor_store_im2col", map, coordinates, where}, shared, false);
}

/// Likewise, adding as bulk_reduce_add does.
template <int rank>
void tensor_reduce_add_im2col(TensorMap const& map, i32 const (&coordinates)[rank], void const* shared,
                              CachePolicy = CachePolicy::evict_normal,
                              std::source_location where = std::source_location::current()) {
  store_im2col({"tensor_reduce_add_im2col", map, coordinates, where}, shared, true);
}

/// The box at the coordinates of a TiledTensor, to the second-level cache.
template <int rank>
void tensor_prefetch(TensorMap const& map, i32 const (&coordinates)[rank], CachePolicy = CachePolicy::evict_normal,
                     std::source_location where = std::source_location::current()) {
  (void)tile_of({"tensor_prefetch", map, coordinates, where});
}

/// What tensor_load_im2col would load, likewise.
template <int rank>
void tensor_prefetch_im2col(TensorMap const& map, i32 const (&coordinates)[rank],
                            unsigned short const (&offsets)[rank - 2], CachePolicy = CachePolicy::evict_normal,
                            std::source_location where = std::source_location::current()) {
  (void)pixels_of({"tensor_prefetch_im2col", map, coordinates, where}, offsets);
}

/// The map itself, which a copy reads first.
inline void tensor_map_prefetch(TensorMap const& map, std::source_location where = std::source_location::current()) {
  Block::current("tensor_map_prefetch").check_architecture("tensor_map_prefetch", 90);
  (void)decoded("tensor_map_prefetch", map, where);
}

}  // namespace heddle::emulated
