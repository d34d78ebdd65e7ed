// The mean grey of each image of a set, in one pass over its bytes.
//
// Threads: a block for an image. 192 threads take 16 bytes each in turns: as 3 divides the bytes of a turn, a thread
// meets the channels in the same order in every one of them, and adds up its bytes by their place modulo 3. Sums are
// whole numbers, so that their order does not matter. Images that are not multiples of 16 bytes go byte by byte.
//
// Floor: each byte once. 50,000 images of 32 x 32 x 3: 154 MB, 36 us at the 4.3 TB/s that an H200 copies. Not yet
// measured.
#pragma once

#include "kernels/augment/image_grey_check.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, bool vectors>
struct ImageGreyKernel {
  static constexpr int threads = 192;
  static constexpr int bytes = vectors ? 16 : 1;
  static_assert(threads * bytes % 3 == 0);

  using Params = ImageGreyArgs<T>;
  struct SharedStorage {
    i64 sums[threads / 32];
  };

  HEDDLE_DEVICE void operator()(Params const& a, SharedStorage& shared) const {
    i64 const size = a.h * a.w * a.c, first = static_cast<i64>(threadIdx.x) * bytes;
    u8 const* const image = a.images + blockIdx.x * size;
    u32 by_place[3] = {};  // an image has at most 2^29 bytes, of which a thread takes a 192nd
    for (i64 at = first; at < size; at += threads * bytes) {
      auto const part = load_constant<Vector<u8, bytes>>(image + at);
      HEDDLE_UNROLL
      for (int i = 0; i < bytes; ++i) by_place[i % 3] += part.values[i];
    }
    i64 sum = 0;
    HEDDLE_UNROLL
    for (int place = 0; place < 3; ++place) sum += by_place[place] * grey_weight(a.c, (first + place) % a.c);
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) a.grey[blockIdx.x] = from_f32<T>(mean_grey(sum, a.h * a.w));
  }

 private:
  /// In thread 0.
  HEDDLE_DEVICE static i64 block_sum(i64 sum, SharedStorage& shared) {
    HEDDLE_UNROLL
    for (int distance = 16; distance > 0; distance /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
    if (threadIdx.x % 32 == 0) shared.sums[threadIdx.x / 32] = sum;
    __syncthreads();
    sum = 0;
    HEDDLE_UNROLL
    for (int warp = 0; warp < threads / 32; ++warp) sum += shared.sums[warp];
    return sum;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
