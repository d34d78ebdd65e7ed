// Mixup and CutMix on a batch, with its soft labels, in one launch: mix_batch.h.
//
// Threads: the first blocks make values, each thread two accesses of 16 bytes to each picture, all read before the
// first is used; where a picture is not a multiple of that, single values. The host has drawn the weight or the box;
// who is whose partner is computed where it is needed. Under CutMix, values are read only where they go. The last
// blocks make targets, a thread each.
//
// Floor: each value read once and written once, as the partner of a picture is a picture of the batch; mixup reads it
// twice, the second time from L2 at best. 1024 x 224 x 224 x 3 in bf16: 617 MB, 143 us at the 4.3 TB/s that an H200
// copies, 215 us when L2 has nothing. Not yet measured.
#pragma once

#include "kernels/augment/mix_batch.h"
#include "kernels/augment/picture_place.cuh"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, bool vectors>
struct MixBatchKernel {
  static constexpr int threads = 256;
  static constexpr int vector = vectors ? widest_vector<T> : 1;
  static constexpr int accesses = 2;
  static constexpr int block_values = threads * vector * accesses;
  using Values = Vector<T, vector>;

  struct Params {
    MixBatchArgs<T> batch;
    MixChoice choice;
    MixPartners partner;
    i64 chunks;        // of a picture, each for a block
    i64 value_blocks;  // the others make targets
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    if (blockIdx.x < p.value_blocks)
      mix_values(p);
    else
      write_target(p, (blockIdx.x - p.value_blocks) * threads + threadIdx.x);
  }

 private:
  /// Whether some of `vector` neighbouring values are the picture's own, and whether some need its partner.
  struct Sources {
    bool own, other;
  };

  HEDDLE_DEVICE static Sources sources_of(Params const& p, i32 first) {
    MixBox const& box = p.choice.box;
    if (box.empty()) return {true, p.choice.of_values != 1};
    i32 const w = static_cast<i32>(p.batch.w), c = static_cast<i32>(p.batch.c);
    auto const begin = PicturePlace::of(first, w, c), end = PicturePlace::of(first + vector - 1, w, c);
    if (begin.row != end.row) return {true, end.row >= box.top && begin.row < box.bottom};
    bool const beside = begin.row >= box.top && begin.row < box.bottom;
    return {!(beside && begin.column >= box.left && end.column < box.right),
            beside && begin.column < box.right && end.column >= box.left};
  }

  HEDDLE_DEVICE static void mix_values(Params const& p) {
    MixBatchArgs<T> const& a = p.batch;
    i32 const size = static_cast<i32>(a.h * a.w * a.c);
    i64 const picture = blockIdx.x / p.chunks;
    T const* const own = a.x + picture * size;
    T const* const other = a.x + p.partner(picture) * size;
    T* const y = a.y + picture * size;
    i32 const begin = static_cast<i32>(blockIdx.x % p.chunks) * block_values + static_cast<i32>(threadIdx.x) * vector;
    Values own_values[accesses] = {}, other_values[accesses] = {};
    HEDDLE_UNROLL
    for (int i = 0; i < accesses; ++i) {
      i32 const first = begin + i * threads * vector;
      if (first >= size) continue;
      Sources const sources = sources_of(p, first);
      if (sources.own) own_values[i] = load_constant<Values>(own + first);
      if (sources.other) other_values[i] = load_constant<Values>(other + first);
    }
    HEDDLE_UNROLL
    for (int i = 0; i < accesses; ++i) {
      i32 const first = begin + i * threads * vector;
      if (first < size) store(y + first, mixed(p, first, own_values[i], other_values[i]));
    }
  }

  HEDDLE_DEVICE static Values mixed(Params const& p, i32 first, Values const& own, Values const& other) {
    Values result = own;
    f32 const weight = p.choice.of_values, rest = 1 - weight;
    if (weight != 1) {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k)
        result.values[k] = from_f32<T>(__fmaf_rn(weight, to_f32(own.values[k]), rest * to_f32(other.values[k])));
    } else if (!p.choice.box.empty()) {
      i32 const w = static_cast<i32>(p.batch.w), c = static_cast<i32>(p.batch.c);
      auto place = PicturePlace::of(first, w, c);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) {
        if (p.choice.box.holds(place.row, place.column)) result.values[k] = other.values[k];
        place.advance({0, 0, 1}, w, c);
      }
    }
    return result;
  }

  HEDDLE_DEVICE static void write_target(Params const& p, i64 target) {
    MixBatchArgs<T> const& a = p.batch;
    if (target >= a.n * a.classes) return;
    i64 const picture = target / a.classes, k = target % a.classes;
    f32 const weight = p.choice.of_labels;
    f32 const own = load_constant<i32>(a.labels + picture) == k ? weight : 0.0f;
    f32 const other = load_constant<i32>(a.labels + p.partner(picture)) == k ? 1 - weight : 0.0f;
    store(a.targets + target, own + other);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
