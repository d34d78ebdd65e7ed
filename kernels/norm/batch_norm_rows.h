// How the CPU passes of batch normalisation cut and read their rows.
//
// Every pass is bound by memory: it reads chunks of rows, each on one thread and all channels at once. What chunks add
// up is merged in their order, so the number of threads does not show in the result. Within a chunk f32 sums run over
// one group of rows only, and double takes over from there.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include "kernels/core/math.h"
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

/// A multiple of 8 rows each, so that no two share a byte of bits.
inline std::vector<Rows> chunks_of(BatchNormShape const& shape) {
  i64 const rows = std::max(group_rows, chunk_elements / std::max<i64>(shape.channels, 1));
  return split({0, shape.rows}, round_up<i64>(rows, 8));
}

/// Calls work(chunk's number, rows) for all chunks, in parallel.
template <class Work>
void for_each_chunk(std::vector<Rows> const& chunks, Work const& work) {
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < chunks.size(); ++i) work(i, chunks[i]);
}

/// Elements of T as f32: where they are, or in a buffer.
template <class T>
class Reader {
 public:
  f32 const* operator()(T const* elements, i64 count) {
    if constexpr (std::is_same_v<T, f32>) return elements;
    buffer_.resize(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < buffer_.size(); ++i) buffer_[i] = f32(elements[i]);
    return buffer_.data();
  }

 private:
  std::vector<f32> buffer_;
};

/// Likewise for elements that are written: finish() rounds those of the buffer to T.
template <class T>
class Writer {
 public:
  f32* begin(T* elements, i64 count) {
    if constexpr (std::is_same_v<T, f32>) return elements;
    buffer_.resize(static_cast<std::size_t>(count));
    return buffer_.data();
  }
  void finish(T* elements) {
    for (std::size_t i = 0; i < buffer_.size(); ++i) elements[i] = T(buffer_[i]);
  }

 private:
  std::vector<f32> buffer_;
};

}  // namespace heddle::cpu
