// What the reference of batch normalisation's backward pass reads: x, and the gradient of what the activation took.
#pragma once

#include <span>
#include <vector>

#include "kernels/norm/batch_norm.h"
#include "kernels/norm/batch_norm_rows.h"

namespace heddle::cpu {

/// g = dy where the bit is set: eight at a time, which the compiler makes one vector. `first`, the element of the first
/// bit, is a multiple of 8.
inline void keep_positive(u8 const* positive, i64 first, i64 count, f32 const* dy, f32* g) {
  u8 const* const bits = positive + first / 8;
  for (i64 i = 0; i + 8 <= count; i += 8) {
    int const byte = bits[i / 8];
#pragma omp simd
    for (int j = 0; j < 8; ++j) g[i + j] = (byte >> j & 1) == 0 ? 0 : dy[i + j];
  }
  for (i64 i = count / 8 * 8; i < count; ++i) g[i] = (bits[i / 8] >> (i % 8) & 1) == 0 ? 0 : dy[i];
}

/// Groups of rows of x and of g = dy * gradient(gamma * (x - mean) * rstd + beta + residual), in f32.
template <class T, class Gradient>
class GroupReader {
 public:
  GroupReader(BatchNormBackwardArgs<T> const& args, std::span<f32 const> scale, Gradient gradient)
      : args_(args), scale_(scale), gradient_(gradient) {}

  void read(Rows const& rows) {
    i64 const first = rows.begin * args_.shape.channels, count = rows.size() * args_.shape.channels;
    x = read_x_(args_.x + first, count);
    f32 const* const dy = read_dy_(args_.dy + first, count);
    if (args_.activation == Activation::none) {
      g = dy;
      return;
    }
    g_.resize(static_cast<std::size_t>(count));
    g = g_.data();
    if (args_.positive)
      keep_positive(args_.positive, first, count, dy, g_.data());
    else
      multiply(rows.size(), dy, args_.residual ? read_residual_(args_.residual + first, count) : nullptr);
  }

  f32 const* x = nullptr;
  f32 const* g = nullptr;

 private:
  void multiply(i64 rows, f32 const* dy, f32 const* residual) {
    f32 const *const mean = args_.mean, *const beta = args_.beta, *const scale = scale_.data();
    i64 const channels = args_.shape.channels;
    f32 const* from = x;
    f32* to = g_.data();
    for (i64 row = 0; row < rows; ++row, from += channels, to += channels, dy += channels) {
      if (residual) {
#pragma omp simd
        for (i64 i = 0; i < channels; ++i)
          to[i] = gradient_((from[i] - mean[i]) * scale[i] + beta[i] + residual[i], dy[i]);
        residual += channels;
      } else {
#pragma omp simd
        for (i64 i = 0; i < channels; ++i) to[i] = gradient_((from[i] - mean[i]) * scale[i] + beta[i], dy[i]);
      }
    }
  }

  BatchNormBackwardArgs<T> const& args_;
  std::span<f32 const> scale_;
  Gradient gradient_;
  Reader<T> read_x_, read_dy_, read_residual_;
  std::vector<f32> g_;
};

}  // namespace heddle::cpu
