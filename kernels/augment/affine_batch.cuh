// Image batches whose pictures are turned, sheared or scaled: samples of four bytes each, then as in image_batch.cuh.
//
// Threads: a block makes a band of neighbouring pixels of one picture. Its first thread draws the choices. A thread
// then makes the bytes of one pixel at a time, from the image in shared memory where all of it fits there, else through
// the L1 cache; with them at hand it changes their colour. At last each thread writes 16 bytes of neighbouring
// elements.
//
// Floor: that of image_batch.cuh. Four bytes are looked up for each value: a turned image that does not fit in shared
// memory is read from L2 about as often as bands cross its rows. Not yet measured.
#pragma once

#include "kernels/augment/augment_choice.h"
#include "kernels/augment/normalisation.cuh"
#include "kernels/augment/picture_place.cuh"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, bool vectors>
struct AffineBatchKernel {
  static constexpr int threads = image_batch_threads;
  static constexpr int min_blocks = 8;
  static constexpr int vector = vectors ? 4 : 1;
  using Normalised = Normalisation<vectors>;

  struct Params {
    ImageBatchArgs<T> batch;
    i64 bands;  // of a picture
    i64 band_pixels;
    bool whole;  // the image is held in shared memory
  };

  struct SharedStorage {
    AugmentChoice choice;
    AffineMap map;
    ColourMap colour;
    typename Normalised::SharedStorage normalisation;
    alignas(16) u8 picture[staged_bytes];
    alignas(16) u8 image[vectors ? affine_image_bytes : 16];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ImageBatchArgs<T> const& a = p.batch;
    Normalised::prepare(a, shared.normalisation);
    i64 const picture = blockIdx.x / p.bands, pixels = a.h * a.w, first_pixel = blockIdx.x % p.bands * p.band_pixels;
    i64 const end_pixel = first_pixel + p.band_pixels < pixels ? first_pixel + p.band_pixels : pixels;
    i64 const image = a.index[picture], size = a.h * a.w * a.c;
    bool const known = image >= 0 && image < a.count;
    u8 const* const bytes = a.images + (known ? image * size : 0);
    if (threadIdx.x == 0 && known) draw(a, image, shared);
    if (vectors && p.whole && known) {
      using Bytes = Vector<u8, 16>;
      for (i64 at = 16 * static_cast<i64>(threadIdx.x); at < size; at += 16 * threads)
        store(shared.image + at, load_constant<Bytes>(bytes + at));
    }
    __syncthreads();
    i32 const begin = static_cast<i32>(first_pixel * a.c), end = static_cast<i32>(end_pixel * a.c);
    T* const y = a.y + picture * size;
    if (!known) {
      for (i32 at = begin + static_cast<i32>(threadIdx.x); at < end; at += threads) y[at] = from_f32<T>(NAN);
      return;
    }
    make_pixels(a, shared, p.whole ? shared.image : bytes, begin, end);
    __syncthreads();
    write(a, shared, y, begin, end);
  }

 private:
  HEDDLE_DEVICE static void draw(ImageBatchArgs<T> const& a, i64 image, SharedStorage& shared) {
    shared.choice = augment_choice(a.options, a.h, a.w, a.seed, a.epoch, image);
    shared.map = affine_of(a, image);
    if (a.options.colour.any()) shared.colour = colour_of(a, image);
  }

  /// The values begin to end of the picture, as bytes.
  HEDDLE_DEVICE static void make_pixels(ImageBatchArgs<T> const& a, SharedStorage& shared, u8 const* image, i32 begin,
                                        i32 end) {
    i32 const h = static_cast<i32>(a.h), w = static_cast<i32>(a.w), c = static_cast<i32>(a.c);
    AugmentChoice const choice = shared.choice;
    AffineMap const map = shared.map;
    for (i32 pixel = begin / c + static_cast<i32>(threadIdx.x); pixel < end / c; pixel += threads) {
      i32 const row = pixel / w, column = choice.mirrored ? w - 1 - pixel % w : pixel % w;
      Samples const from = samples(map, a.options.border, h, w, choice.top, choice.left, row, column);
      u8* const made = shared.picture + (pixel * c - begin);
      for (i32 k = 0; k < c; ++k)
        made[k] = static_cast<u8>(from.blend([&](i32 r, i32 s) { return i32{image[(r * w + s) * c + k]}; }));
      if (a.options.colour.any()) shared.colour.apply(c, made, made);
    }
  }

  HEDDLE_DEVICE static void write(ImageBatchArgs<T> const& a, SharedStorage const& shared, T* y, i32 begin, i32 end) {
    i32 const w = static_cast<i32>(a.w), c = static_cast<i32>(a.c), side = static_cast<i32>(a.options.cutout);
    AugmentChoice const choice = shared.choice;
    i32 const first = begin + static_cast<i32>(threadIdx.x) * vector;
    auto place = PicturePlace::of(first, w, c);
    auto const step = PicturePlace::of(threads * vector, w, c);
    for (i32 at = first; at < end; at += threads * vector) {
      PicturePlace value = place;
      f32 values[vector];
      HEDDLE_UNROLL
      for (int i = 0; i < vector; ++i) {
        f32 const byte = shared.picture[at - begin + i];
        bool const cut_out = choice.cut_out(side, value.row, value.column);
        values[i] = cut_out ? 0 : Normalised::value(a, shared.normalisation, byte, value.channel);
        value.advance({0, 0, 1}, w, c);
      }
      store_f32(y + at, values);
      place.advance(step, w, c);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
