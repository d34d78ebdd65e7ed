// How the kernel that makes image batches shares its work out.
#pragma once

#include <algorithm>
#include <numeric>

#include "kernels/core/types.h"

namespace heddle {

struct ImageBatchConfig {
  bool staged = false;  // bytes go through shared memory, 16 an access, and four elements are written together
  i64 band_rows = 1;    // of a picture, which a block makes at a time
};

inline constexpr int image_batch_threads = 128;
inline constexpr i64 staged_bytes = 8192;  // of source rows in shared memory
inline constexpr i64 staged_channels = 16;

/// Bands start at multiples of 16 elements, as do images if there are several. Where rows are too long or too odd for
/// that, bytes are read one by one, by neighbouring threads.
constexpr ImageBatchConfig choose_image_batch(i64 h, i64 w, i64 c, bool aligned) {
  i64 const row = w * c, step = 16 / std::gcd(row, i64{16});
  i64 const rows = staged_bytes / row / step * step;
  if (aligned && c <= staged_channels && h * row % 16 == 0 && rows > 0) return {true, std::min(rows, h)};
  return {false, std::max<i64>(1, std::min(h, staged_bytes / row))};
}

struct AffineBatchConfig {
  bool vectors = false;  // four elements are written together, and the image may be held in shared memory
  bool whole = false;    // it is
  i64 band_pixels = 1;   // of a picture, which a block makes at a time
};

inline constexpr i64 affine_image_bytes = 64 * 64 * 3;

/// Bands of 16 pixels or a multiple begin at multiples of 16 elements. c is at most staged_bytes.
constexpr AffineBatchConfig choose_affine_batch(i64 h, i64 w, i64 c, bool aligned) {
  i64 const most = staged_bytes / c;
  bool const vectors = aligned && c <= staged_channels && h * w * c % 16 == 0;
  return {vectors, vectors && h * w * c <= affine_image_bytes, std::min(h * w, most >= 16 ? most / 16 * 16 : most)};
}

}  // namespace heddle
