// Rotation, shear and scale of a picture about its centre by bilinear sampling, drawn for each image.
//
// The picture is the image sheared (x += t y), turned by an angle a anticlockwise, and scaled by z. Each of its pixels,
// at o from the centre, is therefore sampled at the inverse map,
//   (1 / z) | 1  -t | | cos a  -sin a | o        a in ± rotation, t in ± shear, z in 1 ± scale
//           | 0   1 | | sin a   cos a |
// rounded to 1/256 of a pixel, so that the four weights are multiples of 2^-16 and their sum is exact. That moves a
// sample by 1/512 pixel at most: a byte by less than one where neighbours differ by 255.
#pragma once

#include "kernels/augment/fixed_point.h"

namespace heddle {

struct AffineOptions {
  f32 rotation = 0;  // degrees, 0 to 180
  f32 shear = 0;     // the tangent of its angle, 0 to 1
  f32 scale = 0;     // 0 to 0.9
  constexpr bool any() const { return rotation != 0 || shear != 0 || scale != 0; }
  friend bool operator==(AffineOptions const&, AffineOptions const&) = default;
};

/// What lies around an image.
enum class Border : u8 {
  reflect,  // its own pixels, mirrored at the outermost ones
  zero,     // black pixels, of bytes 0
};

inline constexpr i64 affine_side = 65536;     // the longest of an image, for positions to fit in 32 bits
inline constexpr i64 affine_channels = 4096;  // the most, for pixels to fit in shared memory

/// From an offset in the picture to one in the image, in multiples of 2^-24.
struct AffineMap {
  i32 column_of_column = 1 << 24, column_of_row = 0, row_of_column = 0, row_of_row = 1 << 24;
};

/// What is drawn for an image.
struct AffineStrengths {
  u32 angle = 0;                 // in multiples of 2^-32 turns
  i32 shear = 0, scale = 65536;  // of 2^-16
};

constexpr AffineStrengths affine_strengths(AffineOptions const& options, u64 seed, i64 epoch, i64 image) {
  auto const draw = philox(seed, reserved_stream(StreamUse::affine, static_cast<u64>(epoch)), static_cast<u64>(image));
  return {static_cast<u32>(i64{symmetric16(draw[0], options.rotation)} * 65536 / 360),
          symmetric16(draw[1], options.shear), 65536 + symmetric16(draw[2], options.scale)};
}

constexpr AffineMap affine_map(AffineStrengths const& strengths) {
  i64 const shear = strengths.shear, divisor = i64{strengths.scale} << 6;  // of 2^46 to 2^24
  i64 const cosine = fixed_cosine(strengths.angle), sine = fixed_sine(strengths.angle);
  return {static_cast<i32>((cosine * 65536 - shear * sine) / divisor),
          static_cast<i32>((-sine * 65536 - shear * cosine) / divisor), static_cast<i32>(sine * 65536 / divisor),
          static_cast<i32>(cosine * 65536 / divisor)};
}

/// Where any position lies once it is reflected at both ends as often as it takes: -1 -> 1, size -> size - 2.
constexpr i32 reflect_often(i32 position, i32 size) {
  if (position >= 0 && position < size) return position;
  if (size == 1) return 0;
  i32 const period = 2 * (size - 1), within = (position < 0 ? -position : position) % period;
  return within < size ? within : period - within;
}

/// The four pixels of an image of which a pixel of the picture is made, and their weights, which add up to 2^16. Beyond
/// a black border the weight is 0.
struct Samples {
  i32 row[2], column[2];
  i32 weight[2][2];  // [row, column]

  /// at(row, column) is a byte of the image.
  template <class At>
  constexpr i32 blend(At const& at) const {
    i32 sum = 32768;
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j) sum += weight[i][j] * at(row[i], column[j]);
    return sum >> 16;
  }
};

/// Those of the pixel (row, column) of a picture of h x w that lies at (top, left) of the image.
constexpr Samples samples(AffineMap const& map, Border border, i32 h, i32 w, i32 top, i32 left, i32 row, i32 column) {
  i64 const below = 2 * row - (h - 1), beside = 2 * column - (w - 1);  // of the centre, in halves of a pixel
  // In multiples of 2^-25, then of 2^-8.
  i64 const at_row = map.row_of_column * beside + map.row_of_row * below + (i64{h - 1} << 24);
  i64 const at_column = map.column_of_column * beside + map.column_of_row * below + (i64{w - 1} << 24);
  i32 const fine_row = static_cast<i32>(shift_rounded_up(at_row, 17));
  i32 const fine_column = static_cast<i32>(shift_rounded_up(at_column, 17));
  i32 const row_part = fine_row & 255, column_part = fine_column & 255;
  i32 const row_weights[2] = {256 - row_part, row_part}, column_weights[2] = {256 - column_part, column_part};
  Samples result = {};
  bool inside_row[2] = {}, inside_column[2] = {};
  for (int i = 0; i < 2; ++i) {
    i32 const from_row = top + (fine_row >> 8) + i, from_column = left + (fine_column >> 8) + i;
    inside_row[i] = border == Border::reflect || (from_row >= 0 && from_row < h);
    inside_column[i] = border == Border::reflect || (from_column >= 0 && from_column < w);
    result.row[i] = inside_row[i] ? reflect_often(from_row, h) : 0;
    result.column[i] = inside_column[i] ? reflect_often(from_column, w) : 0;
  }
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      result.weight[i][j] = inside_row[i] && inside_column[j] ? row_weights[i] * column_weights[j] : 0;
  return result;
}

}  // namespace heddle
