#include "kernels/conv/depthwise.h"

#include <algorithm>
#include <vector>

#include "kernels/conv/conv2d_cpu.h"
#include "kernels/core/math.h"

namespace heddle::cpu {
namespace {

/// The filter as [taps, channels].
std::vector<f32> pack(Correlation const& op, FilterView const& filter) {
  std::vector<f32> packed;
  for (Tap const& row : op.vertical.taps)
    for (Tap const& column : op.horizontal.taps)
      for (i64 channel = 0; channel < op.groups; ++channel)
        packed.push_back(filter.data[channel * filter.group_stride + row.index * filter.tap_row_stride +
                                     column.index * filter.tap_column_stride]);
  return packed;
}

/// Calls visit(tap, offset of the source pixel in its image) for the taps of pixel (i, j) that lie in the source.
template <class Visit>
void for_each_tap(Axis const& vertical, Axis const& horizontal, i64 i, i64 j, Visit visit) {
  i64 tap = 0;
  for (Tap const& row : vertical.taps) {
    i64 const y = i * vertical.source_step + row.offset;
    for (Tap const& column : horizontal.taps) {
      i64 const x = j * horizontal.source_step + column.offset;
      if (y >= 0 && y < vertical.source_size && x >= 0 && x < horizontal.source_size)
        visit(tap, y * horizontal.source_size + x);
      ++tap;
    }
  }
}

/// sum[i] += a[i] * b[i].
void multiply_add(f32* __restrict sum, f32 const* __restrict a, f32 const* __restrict b, i64 count) {
  for (i64 i = 0; i < count; ++i) sum[i] += a[i] * b[i];
}

}  // namespace

void correlate_depthwise(Correlation const& op, f32 const* source, FilterView const& filter, f32* target) {
  Axis const& v = op.vertical;
  Axis const& h = op.horizontal;
  i64 const channels = op.groups;
  std::vector<f32> const packed = pack(op, filter);
#pragma omp parallel for collapse(2) schedule(static)
  for (i64 image = 0; image < op.images; ++image)
    for (i64 i = 0; i < v.count; ++i) {
      f32 const* const from = source + image * v.source_size * h.source_size * channels;
      i64 const row = image * v.target_size + v.target_begin + i * v.target_step;
      for (i64 j = 0; j < h.count; ++j) {
        f32* const to = target + (row * h.target_size + h.target_begin + j * h.target_step) * channels;
        std::fill_n(to, channels, 0.0f);
        for_each_tap(v, h, i, j, [&](i64 tap, i64 pixel) {
          multiply_add(to, from + pixel * channels, packed.data() + tap * channels, channels);
        });
      }
    }
}

void depthwise_backward_filter(Conv2dBackwardFilterArgs<f32> const& args) {
  Conv2dShape const& s = args.shape;
  Axis const v = vertical(s).forward();
  Axis const h = horizontal(s).forward();
  i64 const taps = s.r * s.s;
  // Chunks of images are summed apart and then in order, so that the number of threads does not show in the result.
  i64 const images_per_chunk = std::max<i64>(1, ceil_div<i64>(s.n, 16));
  i64 const chunks = ceil_div(s.n, images_per_chunk);
  std::vector<f32> partials(static_cast<std::size_t>(chunks * taps * s.c), 0.0f);
#pragma omp parallel for schedule(static)
  for (i64 chunk = 0; chunk < chunks; ++chunk) {
    f32* const partial = partials.data() + chunk * taps * s.c;
    for (i64 image = chunk * images_per_chunk; image < std::min(s.n, (chunk + 1) * images_per_chunk); ++image) {
      f32 const* const x = args.x + image * s.h * s.w * s.c;
      f32 const* dy = args.dy + image * v.count * h.count * s.c;
      for (i64 i = 0; i < v.count; ++i)
        for (i64 j = 0; j < h.count; ++j, dy += s.c)
          for_each_tap(v, h, i, j,
                       [&](i64 tap, i64 pixel) { multiply_add(partial + tap * s.c, x + pixel * s.c, dy, s.c); });
    }
  }
  for (i64 channel = 0; channel < s.c; ++channel)
    for (i64 tap = 0; tap < taps; ++tap) {
      f32 sum = 0;
      for (i64 chunk = 0; chunk < chunks; ++chunk)
        sum += partials[static_cast<std::size_t>((chunk * taps + tap) * s.c + channel)];
      args.dfilter[channel * taps + tap] = sum;
    }
}

}  // namespace heddle::cpu
