// The random choices of augmentation, shared by every device.
#pragma once

#include "kernels/augment/image_batch.h"
#include "kernels/core/philox.h"

namespace heddle {

/// What happens to one image in one epoch.
struct AugmentChoice {
  i64 top = 0, left = 0;  // of the crop, relative to the image: from -crop_padding to crop_padding
  bool mirrored = false;
  i64 cutout_top = 0, cutout_left = 0;  // of the square, relative to the cropped image; it may reach over the border
};

/// The choice for `image` of size h x w under (seed, epoch); it depends on nothing else.
constexpr AugmentChoice augment_choice(AugmentOptions const& options, i64 h, i64 w, u64 seed, i64 epoch, i64 image) {
  AugmentChoice choice;
  u64 const number = static_cast<u64>(image);
  auto const crop = philox(seed, reserved_stream(StreamUse::crop_and_flip, static_cast<u64>(epoch)), number);
  u32 const positions = static_cast<u32>(2 * options.crop_padding + 1);
  choice.top = uniform_below(crop[0], positions) - options.crop_padding;
  choice.left = uniform_below(crop[1], positions) - options.crop_padding;
  if (options.flip == Flip::random) choice.mirrored = uniform_below(crop[2], 2) == 1;
  if (options.flip == Flip::alternating) {
    u32 const first = philox(seed, reserved_stream(StreamUse::first_flip, 0), number)[0];
    choice.mirrored = (uniform_below(first, 2) + epoch) % 2 == 1;
  }
  if (options.cutout > 0) {
    auto const centre = philox(seed, reserved_stream(StreamUse::cutout, static_cast<u64>(epoch)), number);
    choice.cutout_top = uniform_below(centre[0], static_cast<u32>(h)) - options.cutout / 2;
    choice.cutout_left = uniform_below(centre[1], static_cast<u32>(w)) - options.cutout / 2;
  }
  return choice;
}

/// Where a position up to size - 1 beyond either end lies once it is reflected there: -1 -> 1, size -> size - 2.
constexpr i64 reflect(i64 position, i64 size) {
  if (position < 0) return -position;
  return position < size ? position : 2 * (size - 1) - position;
}

}  // namespace heddle
