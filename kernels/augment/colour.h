// Brightness, contrast, saturation and hue as one affine map of a pixel's channels, drawn for each image.
//
// In this order, each as in the references below, on bytes that are rounded and limited to [0, 255] once, at the end:
//   brightness  x = b x                          b in 1 ± brightness
//   contrast    x = k x + (1 - k) b m            k in 1 ± contrast; m is the mean grey of the whole stored image
//   saturation  x = s x + (1 - s) grey(x)        s in 1 ± saturation
//   hue         x turned about the axis of greys in the plane of colours at constant grey (YIQ), by a part of a turn
//               in ± hue; a positive one takes red towards green
// with grey = 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601). As contrast's addend is grey, the four together are
//   x -> k b (L + s cos(t) (1 - L) + s sin(t) N) x + (1 - k) b m
// where each row of L is the weights of grey, and N turns colours by a quarter. One channel is its own grey.
// Haeberli, "Matrix operations for image processing", 1993, but with the weights and the plane of YIQ.
#pragma once

#include "kernels/augment/fixed_point.h"

namespace heddle {

struct ColourOptions {
  f32 brightness = 0, contrast = 0, saturation = 0;  // 0 to 1
  f32 hue = 0;                                       // of a turn, 0 to 0.5
  constexpr bool any() const { return brightness != 0 || contrast != 0 || saturation != 0 || hue != 0; }
  friend bool operator==(ColourOptions const&, ColourOptions const&) = default;
};

/// The weights of grey, in multiples of 2^-16.
inline constexpr i32 grey_weights[3] = {19595, 38470, 7471};

/// What happens to the colours of one image, in multiples of 2^-16.
struct ColourMap {
  i32 weights[3][3] = {{65536, 0, 0}, {0, 65536, 0}, {0, 0, 65536}};  // [to, from]
  i32 addend = 0;

  /// Channel k of a pixel of c bytes, 1 or 3.
  constexpr u8 channel(i64 c, int k, u8 const* pixel) const {
    if (c == 1) return limited(weights[0][0] * pixel[0] + addend);
    return limited(weights[k][0] * pixel[0] + weights[k][1] * pixel[1] + weights[k][2] * pixel[2] + addend);
  }
  /// The whole pixel; `to` may be `pixel`.
  constexpr void apply(i64 c, u8 const* pixel, u8* to) const {
    u8 const first = channel(c, 0, pixel);
    if (c == 3) {
      u8 const second = channel(c, 1, pixel), third = channel(c, 2, pixel);
      to[1] = second;
      to[2] = third;
    }
    to[0] = first;
  }
  /// What becomes of black, in every channel.
  constexpr u8 black() const { return limited(addend); }

  static constexpr u8 limited(i32 value) {
    i32 const byte = (value + 32768) >> 16;
    return static_cast<u8>(byte < 0 ? 0 : byte < 255 ? byte : 255);
  }
};

/// What is drawn for an image, in multiples of 2^-16.
struct ColourStrengths {
  i32 brightness = 65536, contrast = 65536, saturation = 65536;
  i32 hue = 0;  // of a turn
};

constexpr ColourStrengths colour_strengths(ColourOptions const& options, u64 seed, i64 epoch, i64 image) {
  auto const draw = philox(seed, reserved_stream(StreamUse::colour, static_cast<u64>(epoch)), static_cast<u64>(image));
  return {65536 + symmetric16(draw[0], options.brightness), 65536 + symmetric16(draw[1], options.contrast),
          65536 + symmetric16(draw[2], options.saturation), symmetric16(draw[3], options.hue)};
}

/// The map of an image of c channels, 1 or 3, whose mean grey is `grey`, in bytes.
constexpr ColourMap colour_map(ColourStrengths const& strengths, i64 c, f32 grey) {
  constexpr i32 turned[3][3] = {{-10993, -21582, 32575}, {21503, -2324, -19179}, {-81890, 68573, 13317}};  // N
  i64 const one = 65536, brightness = strengths.brightness, contrast = strengths.contrast;
  i64 const saturation = strengths.saturation;
  u32 const angle = static_cast<u32>(strengths.hue) << 16;
  i64 const along = shift_rounded_up(saturation * fixed_cosine(angle), 30);
  i64 const across = shift_rounded_up(saturation * fixed_sine(angle), 30);
  i64 const gain = shift_rounded_up(brightness * contrast, 16);
  ColourMap map;
  for (int to = 0; to < 3; ++to)
    for (int from = 0; from < 3; ++from) {
      i64 const grey_part = grey_weights[from], own = (to == from ? one : 0) - grey_part;
      map.weights[to][from] =
          static_cast<i32>(shift_rounded_up(gain * (one * grey_part + along * own + across * turned[to][from]), 32));
    }
  if (c == 1) map.weights[0][0] = static_cast<i32>(gain);
  i64 const mean = grey > 0 ? fixed16(grey < 255 ? grey : 255.0f) : 0;  // 0 for NaN
  map.addend = static_cast<i32>(shift_rounded_up((one - contrast) * brightness * mean, 32));
  return map;
}

}  // namespace heddle
