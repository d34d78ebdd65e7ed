// Images cut into blocks whose source windows stay in the L2 cache while every output channel is computed from them.
#pragma once

#include <vector>

#include "kernels/conv/axis.h"
#include "kernels/conv/image_window.h"

namespace heddle::cpu {

/// Either whole images or, where one alone is too large, a band of pixel rows of one image.
struct Block {
  i64 image = 0, images = 0;
  i64 row = 0, rows = 0;  // of pixels that gather
};

class WindowBlocks {
 public:
  /// `vertical` and `horizontal` have pixels and taps. At least `wanted` blocks are made where there are enough rows.
  WindowBlocks(Axis const& vertical, Axis const& horizontal, i64 channels, i64 images, i64 wanted);

  i64 count() const { return image_blocks_ * bands_; }
  Block at(i64 index) const;
  /// How many pixels a block has at most.
  i64 max_pixels() const { return images_ * rows_ * horizontal_.count; }
  /// How many elements `load` wants at `buffer`; 0 where windows need no padding and are read in place.
  i64 buffer_count() const { return in_place_ ? 0 : images_ * image_stride_; }

  /// The window of a block: the images themselves or a padded copy in `buffer`.
  f32 const* load(f32 const* source, Block const& block, f32* buffer) const;

  /// Offsets in a loaded window: of every pixel of a full block (a smaller one has the first of them), and of every run
  /// of taps, each of run_length() elements.
  std::vector<i64> pixel_offsets() const;
  std::vector<i64> run_offsets(i64 groups) const;
  i64 run_length(i64 groups) const;
  /// From a pixel to its right neighbour.
  i64 pixel_step() const { return horizontal_.source_step * size_.c; }

 private:
  Window window(i64 row, i64 rows) const;

  Axis const& vertical_;
  Axis const& horizontal_;
  ImageSize size_;
  i64 total_images_;
  i64 images_ = 1, rows_ = 1;  // of a full block
  i64 image_blocks_ = 1, bands_ = 1;
  bool in_place_ = false;
  i64 row_stride_ = 0, image_stride_ = 0;  // of a loaded window
};

}  // namespace heddle::cpu
