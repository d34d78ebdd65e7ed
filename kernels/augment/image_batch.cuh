// Image batches: y = (augmented images[index] / 255 - mean) / deviation, in one pass.
//
// Threads: a block makes a band of rows of one picture. Its first thread draws the choice for the picture, which
// depends on (seed, epoch, image) alone. All then copy the rows that the band comes from, as they lie in memory, to
// shared memory, 16 bytes an access: after crop and reflection, rows that are neighbours are still close together. Each
// thread then makes 16 bytes of neighbouring elements, with a byte of shared memory for each. Pictures of few or odd
// columns are read byte by byte instead. Colours change between the two steps, each staged pixel in its place: what is
// moved stays the same. affine_batch.cuh makes the pictures that are turned, sheared or scaled.
//
// Floor: a byte read and an element written for each value. 1024 images of 224 x 224 x 3 to bf16: 154 MB + 308 MB,
// 108 us at the 4.3 TB/s that an H200 copies. Not yet measured.
#pragma once

#include "kernels/augment/augment_choice.h"
#include "kernels/augment/normalisation.cuh"
#include "kernels/augment/picture_place.cuh"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, bool staged>
struct ImageBatchKernel {
  static constexpr int threads = image_batch_threads;
  static constexpr int min_blocks = staged ? 10 : 16;
  static constexpr int vector = staged ? 4 : 1;

  using Normalised = Normalisation<staged>;

  struct Params {
    ImageBatchArgs<T> batch;
    i64 bands;  // of a picture
    i64 band_rows;
  };

  struct Rows {
    i32 begin, end;
  };

  struct SharedStorage {
    AugmentChoice choice;
    Rows source;  // rows of the image that are staged
    ColourMap colour;
    typename Normalised::SharedStorage normalisation;
    alignas(16) u8 bytes[staged ? staged_bytes + 32 : 16];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ImageBatchArgs<T> const& a = p.batch;
    Normalised::prepare(a, shared.normalisation);
    i64 const picture = blockIdx.x / p.bands, first_row = blockIdx.x % p.bands * p.band_rows;
    Rows const rows = {static_cast<i32>(first_row),
                       static_cast<i32>(first_row + p.band_rows < a.h ? first_row + p.band_rows : a.h)};
    i64 const image = a.index[picture];
    bool const known = image >= 0 && image < a.count;
    if (threadIdx.x == 0) {
      shared.choice = augment_choice(a.options, a.h, a.w, a.seed, a.epoch, image);
      shared.source = sources(a, shared.choice, rows);
      shared.colour = known && a.options.colour.any() ? colour_of(a, image) : ColourMap();
    }
    __syncthreads();
    if constexpr (staged) {
      if (known) stage(a, image, shared);
      __syncthreads();
      if (a.options.colour.any()) {
        recolour(a, known ? image : 0, shared);
        __syncthreads();
      }
    }
    write_band(a, picture, rows, known ? image : -1, shared);
  }

 private:
  /// The rows of the image that a band of the picture comes from; none may be.
  HEDDLE_DEVICE static Rows sources(ImageBatchArgs<T> const& a, AugmentChoice const& choice, Rows const& rows) {
    i32 const h = static_cast<i32>(a.h), first = choice.top + rows.begin, last = choice.top + rows.end - 1;
    if (a.options.border == Border::zero) return {first < 0 ? 0 : first, last < h ? last + 1 : h};
    i32 const at_first = reflect(first, h), at_last = reflect(last, h);
    i32 const lowest = first <= 0 && last >= 0 ? 0 : at_first < at_last ? at_first : at_last;
    i32 const highest = first <= h - 1 && last >= h - 1 ? h - 1 : at_first < at_last ? at_last : at_first;
    return {lowest, highest + 1};
  }

  /// Where rows of an image begin among the bytes of all.
  HEDDLE_DEVICE static i64 begin_of(ImageBatchArgs<T> const& a, i64 image, Rows const& source) {
    return (image * a.h + source.begin) * a.w * a.c;
  }

  /// An image's bytes are a multiple of 16: reads of 16 bytes stay among those of all images.
  HEDDLE_DEVICE static void stage(ImageBatchArgs<T> const& a, i64 image, SharedStorage& shared) {
    using Bytes = Vector<u8, 16>;
    Rows const source = shared.source;
    i64 const begin = begin_of(a, image, source), end = begin + (source.end - source.begin) * a.w * a.c;
    i64 const aligned = begin & ~i64{15};
    for (i64 at = aligned + 16 * static_cast<i64>(threadIdx.x); at < end; at += 16 * threads)
      store(shared.bytes + (at - aligned), load_constant<Bytes>(a.images + at));
  }

  /// Changes the colours of the staged pixels in their place.
  HEDDLE_DEVICE static void recolour(ImageBatchArgs<T> const& a, i64 image, SharedStorage& shared) {
    Rows const source = shared.source;
    i32 const c = static_cast<i32>(a.c), pixels = (source.end - source.begin) * static_cast<i32>(a.w);
    u8* const first = shared.bytes + begin_of(a, image, source) % 16;
    ColourMap const colour = shared.colour;
    for (i32 i = static_cast<i32>(threadIdx.x); i < pixels; i += threads) colour.apply(c, first + i * c, first + i * c);
  }

  HEDDLE_DEVICE static void write_band(ImageBatchArgs<T> const& a, i64 picture, Rows const& rows, i64 image,
                                       SharedStorage& shared) {
    i32 const h = static_cast<i32>(a.h), w = static_cast<i32>(a.w), c = static_cast<i32>(a.c);
    AugmentChoice const choice = shared.choice;
    // The bytes at hand, and where among them row 0 of the image would be.
    u8 const* const bytes = staged ? shared.bytes : a.images + image * a.h * a.w * a.c;
    i32 const origin =
        staged ? static_cast<i32>(begin_of(a, image, shared.source) % 16) - shared.source.begin * w * c : 0;
    f32 const black = shared.colour.black();
    T* const y = a.y + picture * a.h * a.w * a.c;
    i32 const begin = rows.begin * w * c + static_cast<i32>(threadIdx.x) * vector, end = rows.end * w * c;
    auto place = PicturePlace::of(begin, w, c);
    auto const step = PicturePlace::of(threads * vector, w, c);
    for (i32 first = begin; first < end; first += threads * vector) {
      PicturePlace at = place;
      f32 values[vector];
      HEDDLE_UNROLL
      for (int i = 0; i < vector; ++i) {
        AugmentSource const source = augment_source(a.options, choice, h, w, at.row, at.column);
        i32 const offset = origin + (source.row * w + source.column) * c + at.channel;
        bool const from_image = source.kind == AugmentSource::Kind::image;
        f32 const byte = from_image && image >= 0 ? byte_at(a, bytes, offset, at.channel, shared) : black;
        f32 const value = Normalised::value(a, shared.normalisation, byte, at.channel);
        values[i] = image < 0 ? NAN : source.kind == AugmentSource::Kind::mean ? 0 : value;
        at.advance({0, 0, 1}, w, c);
      }
      store_f32(y + first, values);
      place.advance(step, w, c);
    }
  }

  HEDDLE_DEVICE static f32 byte_at(ImageBatchArgs<T> const& a, u8 const* bytes, i32 offset, i32 k,
                                   SharedStorage const& shared) {
    if constexpr (staged)
      return load<u8>(bytes + offset);
    else
      return a.options.colour.any() ? shared.colour.channel(a.c, k, bytes + (offset - k))
                                    : load_constant<u8>(bytes + offset);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
