#include "kernels/conv/window_blocks.h"

#include <algorithm>

#include "kernels/core/math.h"

namespace heddle::cpu {
namespace {

// Half of a common L2 of 512 KiB less what the packed filter and the outputs take.
constexpr i64 window_elements = 32 * 1024;

}  // namespace

WindowBlocks::WindowBlocks(Axis const& vertical, Axis const& horizontal, i64 channels, i64 images, i64 wanted)
    : vertical_(vertical),
      horizontal_(horizontal),
      size_{vertical.source_size, horizontal.source_size, channels},
      total_images_(images),
      rows_(vertical.count) {
  auto const elements = [&](i64 rows) {
    Window const w = window(0, rows);
    return std::max<i64>(1, w.rows() * w.columns() * channels);
  };
  images_ = std::clamp<i64>(window_elements / elements(rows_), 1, ceil_div(images, std::min(wanted, images)));
  i64 const wanted_bands = std::min(rows_, ceil_div(wanted, images));
  rows_ = ceil_div(rows_, wanted_bands);
  while (rows_ > 1 && elements(rows_) > window_elements) rows_ = ceil_div<i64>(rows_, 2);
  image_blocks_ = ceil_div(images, images_);
  bands_ = ceil_div(vertical.count, rows_);

  Window const first = window(0, rows_);
  in_place_ = window(0, vertical.count).inside(size_);
  row_stride_ = (in_place_ ? size_.w : first.columns()) * channels;
  image_stride_ = (in_place_ ? size_.h : first.rows()) * row_stride_;
}

Window WindowBlocks::window(i64 row, i64 rows) const {
  return {.row_begin = vertical_.window_begin(row),
          .row_end = vertical_.window_end(row + rows),
          .column_begin = horizontal_.window_begin(0),
          .column_end = horizontal_.window_end(horizontal_.count)};
}

Block WindowBlocks::at(i64 index) const {
  i64 const image = index / bands_ * images_;
  i64 const row = index % bands_ * rows_;
  return {image, std::min(images_, total_images_ - image), row, std::min(rows_, vertical_.count - row)};
}

f32 const* WindowBlocks::load(f32 const* source, Block const& block, f32* buffer) const {
  Window const w = window(block.row, block.rows);
  if (in_place_) return source + block.image * size_.count() + (w.row_begin * size_.w + w.column_begin) * size_.c;
  for (i64 i = 0; i < block.images; ++i)
    copy_window(source + (block.image + i) * size_.count(), size_, w, buffer + i * image_stride_);
  return buffer;
}

std::vector<i64> WindowBlocks::pixel_offsets() const {
  std::vector<i64> offsets;
  offsets.reserve(static_cast<std::size_t>(max_pixels()));
  for (i64 image = 0; image < images_; ++image)
    for (i64 row = 0; row < rows_; ++row)
      for (i64 column = 0; column < horizontal_.count; ++column)
        offsets.push_back(image * image_stride_ + row * vertical_.source_step * row_stride_ + column * pixel_step());
  return offsets;
}

std::vector<i64> WindowBlocks::run_offsets(i64 groups) const {
  std::size_t const columns = groups == 1 && horizontal_.contiguous() ? 1 : horizontal_.taps.size();
  std::vector<i64> offsets;
  for (Tap const& row : vertical_.taps)
    for (std::size_t column = 0; column < columns; ++column)
      offsets.push_back((row.offset - vertical_.taps.front().offset) * row_stride_ +
                        (horizontal_.taps[column].offset - horizontal_.taps.front().offset) * size_.c);
  return offsets;
}

i64 WindowBlocks::run_length(i64 groups) const {
  i64 const taps = groups == 1 && horizontal_.contiguous() ? static_cast<i64>(horizontal_.taps.size()) : 1;
  return taps * size_.c / groups;
}

}  // namespace heddle::cpu
