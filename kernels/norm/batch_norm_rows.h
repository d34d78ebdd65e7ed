// How the CPU passes of batch normalisation cut their rows, and what they ask of their arguments.
//
// Every pass is bound by memory: it reads chunks of rows, each on one thread and all channels at once. What chunks add
// up is merged in their order, so the number of threads does not show in the result. Within a chunk f32 sums run over
// one group of rows only, and double takes over from there.
#pragma once

#include <algorithm>
#include <vector>

#include "kernels/core/arguments.h"
#include "kernels/norm/batch_norm.h"

namespace heddle::cpu {

inline constexpr i64 chunk_elements = 32 * 1024;
inline constexpr i64 group_rows = 64;

/// Some rows of an activation.
struct Rows {
  i64 begin = 0, end = 0;
  i64 size() const { return end - begin; }
};

inline std::vector<Rows> split(Rows const& rows, i64 size) {
  std::vector<Rows> parts;
  for (i64 begin = rows.begin; begin < rows.end; begin += size)
    parts.push_back({begin, std::min(begin + size, rows.end)});
  return parts;
}

inline std::vector<Rows> chunks_of(BatchNormShape const& shape) {
  return split({0, shape.rows}, std::max(group_rows, chunk_elements / std::max<i64>(shape.channels, 1)));
}

/// Calls work(chunk's number, rows) for all chunks, in parallel.
template <class Work>
void for_each_chunk(std::vector<Rows> const& chunks, Work const& work) {
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < chunks.size(); ++i) work(i, chunks[i]);
}

inline void check_batch_norm_shape(char const* operation, BatchNormShape const& shape) {
  check(shape.rows >= 0 && shape.channels >= 0, "[", operation, "] sizes must not be negative: rows=", shape.rows,
        ", channels=", shape.channels);
}

}  // namespace heddle::cpu
