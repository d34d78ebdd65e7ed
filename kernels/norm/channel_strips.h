// How the kernels that normalise channels share out a tensor [images, rows, channels].
//
// Some rows are seen as one, so that its columns are a multiple of 8 for any number of channels: `fold` of them, the
// column c belonging to channel c % channels. A strip is as many neighbouring 16-byte vectors of a row as a block has
// threads side by side, a chunk some rows below each other. A block takes one strip of one chunk of one image.
#pragma once

#include <algorithm>
#include <numeric>

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

struct ChannelStrips {
  static constexpr int threads = 256;  // of a block
  static constexpr int most_lanes = 32;
  // Each chunk leaves partial sums, whose number decides the order of additions: it depends on the shape and not on the
  // card. Two blocks for each of the 132 multiprocessors of an H200: one wave.
  static constexpr i64 most_blocks = 132 * 2;
  static constexpr i64 least_accesses = 4;  // of a thread to a column, before a chunk is worth a block

  i64 images = 1, rows = 0, channels = 0;
  int vector = 1;  // elements of 16 bytes
  int fold = 1;
  i64 folded_rows = 0, columns = 0;  // of an image; the last row may have fewer columns
  int lanes = 1;                     // vectors of a strip
  i64 strips = 0;                    // of a row
  i64 chunks = 0, chunk_rows = 0;    // of an image; the last chunk may have fewer rows

  constexpr ChannelStrips(i64 images, i64 rows, i64 channels, i64 element_bytes)
      : images(images), rows(rows), channels(channels), vector(static_cast<int>(16 / element_bytes)) {
    if (images <= 0 || rows <= 0 || channels <= 0) return;
    fold = static_cast<int>(8 / std::gcd<i64, i64>(channels, 8));
    folded_rows = ceil_div<i64>(rows, fold);
    columns = fold * channels;
    i64 const vectors = columns / vector;
    i64 const balanced = ceil_div(vectors, ceil_div<i64>(vectors, most_lanes));
    // Strips begin at multiples of 32 bytes, and the lanes of 8 elements, whose signs are a byte, are in one.
    lanes = static_cast<int>(round_up<i64>(balanced, vectors > balanced ? 2 : 8 / vector));
    strips = ceil_div<i64>(vectors, lanes);
    i64 const most = std::max<i64>(1, most_blocks / (strips * images));
    i64 const wanted = std::min(most, ceil_div(folded_rows, row_threads() * least_accesses));
    chunk_rows = round_up<i64>(ceil_div(folded_rows, wanted), row_threads());
    chunks = ceil_div(folded_rows, chunk_rows);
  }

  /// Threads below each other: an even number where a row may end amid 32 bytes.
  constexpr int row_threads() const { return threads / lanes / (lanes % 2 + 1) * (lanes % 2 + 1); }
  constexpr i64 blocks() const { return images * chunks * strips; }
  /// Elements of an image.
  constexpr i64 elements() const { return rows * channels; }
  /// Partial sums of one kind, for each column of each chunk.
  constexpr i64 partials() const { return images * chunks * columns; }

  /// How many elements a column has in a chunk.
  constexpr i64 count(i64 chunk, i64 column) const {
    i64 const first = chunk * chunk_rows, last = std::min(first + chunk_rows, folded_rows) - 1;
    return last - first + (last * columns + column < elements() ? 1 : 0);
  }
};

}  // namespace heddle
