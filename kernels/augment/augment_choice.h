// The random choices of augmentation, shared by every device.
#pragma once

#include "kernels/augment/image_batch.h"
#include "kernels/core/philox.h"

namespace heddle {

/// What happens to one image in one epoch.
struct AugmentChoice {
  i32 top = 0, left = 0;  // of the crop, relative to the image: from -crop_padding to crop_padding
  bool mirrored = false;
  i32 cutout_top = 0, cutout_left = 0;  // of the square, relative to the cropped image; it may reach over the border

  /// Whether the pixel (row, column) of the picture lies in the square.
  constexpr bool cut_out(i32 side, i32 row, i32 column) const {
    i32 const below = row - cutout_top, beside = column - cutout_left;
    return below >= 0 && below < side && beside >= 0 && beside < side;
  }
};

/// The choice for `image` of size h x w under (seed, epoch); it depends on nothing else.
constexpr AugmentChoice augment_choice(AugmentOptions const& options, i64 h, i64 w, u64 seed, i64 epoch, i64 image) {
  AugmentChoice choice;
  u64 const number = static_cast<u64>(image);
  auto const crop = philox(seed, reserved_stream(StreamUse::crop_and_flip, static_cast<u64>(epoch)), number);
  u32 const positions = static_cast<u32>(2 * options.crop_padding + 1);
  choice.top = static_cast<i32>(uniform_below(crop[0], positions) - options.crop_padding);
  choice.left = static_cast<i32>(uniform_below(crop[1], positions) - options.crop_padding);
  if (options.flip == Flip::random) choice.mirrored = uniform_below(crop[2], 2) == 1;
  if (options.flip == Flip::alternating) {
    u32 const first = philox(seed, reserved_stream(StreamUse::first_flip, 0), number)[0];
    choice.mirrored = (uniform_below(first, 2) + epoch) % 2 == 1;
  }
  if (options.cutout > 0) {
    auto const centre = philox(seed, reserved_stream(StreamUse::cutout, static_cast<u64>(epoch)), number);
    choice.cutout_top = static_cast<i32>(uniform_below(centre[0], static_cast<u32>(h)) - options.cutout / 2);
    choice.cutout_left = static_cast<i32>(uniform_below(centre[1], static_cast<u32>(w)) - options.cutout / 2);
  }
  return choice;
}

/// What is drawn for the colours of an image.
template <class T>
constexpr ColourMap colour_of(ImageBatchArgs<T> const& a, i64 image) {
  return colour_map(colour_strengths(a.options.colour, a.seed, a.epoch, image), a.c, a.grey ? a.grey[image] : 0.0f);
}

/// And for its place.
template <class T>
constexpr AffineMap affine_of(ImageBatchArgs<T> const& a, i64 image) {
  return affine_map(affine_strengths(a.options.affine, a.seed, a.epoch, image));
}

/// Where a position up to size - 1 beyond either end lies once it is reflected there: -1 -> 1, size -> size - 2.
constexpr i32 reflect(i32 position, i32 size) {
  if (position < 0) return -position;
  return position < size ? position : 2 * (size - 1) - position;
}

/// Where a pixel of a picture comes from.
struct AugmentSource {
  enum class Kind : u8 { image, black, mean } kind = Kind::image;
  i32 row = 0, column = 0;  // of the image
};

/// That of the pixel (row, column) of a picture of h x w.
constexpr AugmentSource augment_source(AugmentOptions const& options, AugmentChoice const& choice, i32 h, i32 w,
                                       i32 row, i32 column) {
  if (choice.cut_out(static_cast<i32>(options.cutout), row, column)) return {AugmentSource::Kind::mean};
  i32 const from_row = choice.top + row, from_column = choice.left + (choice.mirrored ? w - 1 - column : column);
  if (options.border == Border::reflect)
    return {AugmentSource::Kind::image, reflect(from_row, h), reflect(from_column, w)};
  bool const inside = from_row >= 0 && from_row < h && from_column >= 0 && from_column < w;
  return inside ? AugmentSource{AugmentSource::Kind::image, from_row, from_column}
                : AugmentSource{AugmentSource::Kind::black};
}

}  // namespace heddle
