// Convolution of 16-bit types on Hopper, forward and backward-data: the pipeline of the matrix product
// (kernels/gemm/gemm_sm90.cuh), where bulk copies of columns of pixels bring A.
//
// A product of [pixels, taps x channels] and [taps x channels, channels]; nothing is laid out in memory for it. A stage
// is one tap and 64 channels: a column of 128 pixels, which the copy finds in the images wherever rows and images end,
// and fills with 0 on the padding; and 64 channels of the filters at that tap. Filters are KRSC in both directions:
// forward they lie along k, in backward-data across it. A phase of a strided backward-data has its own taps alone, and
// the epilogue scatters its pixels.
//
// Floor: 2 pixels taps inputs outputs operations, at 989 TFLOP/s of an H200; memory: source, filters and target once.
// Below, cycles of a multiprocessor for a stage of both warpgroups; a tile takes taps * ceil(inputs / 64) as many.
//   matrix unit    2048 multiply-adds a cycle
//   shared memory  128 bytes a cycle: what wgmma reads of A and B, and copies write
//   L2             24 bytes a cycle: 5.5 TB/s at 1.755 GHz among 132; the pixels of a tile come once for each tap
//                                        matrix unit  shared memory    L2
//   cooperative 128 x 256, cluster of 2         1024           1024  1365
//   ping-pong 128 x 128                          512            640  1365
//   ping-pong 128 x 64                           256            448  1024
// So L2 decides where it does not merge what neighbours request: a 3x3 filter asks for each pixel nine times, within
// nine stages. Output as in gemm_sm90.cuh. Not yet measured.
#pragma once

#include "kernels/conv/pixel_columns.h"
#include "kernels/gemm/gemm_sm90.cuh"

namespace heddle::HEDDLE_BACKEND {

/// A: 128 target pixels x 64 channels of the source at a tap. B: 64 channels of the source x channels of the target of
/// the filters, stored_b. A stage is one tap of 64 channels; what is beyond the channels is 0 in both.
template <class T, Major stored_b>
struct ConvSm90Operands {
  using Type = T;
  static constexpr Major major_a = Major::k, major_b = stored_b;
  static constexpr int depth = 128 / sizeof(T);

  /// Of the filter: that of the first tap, and from one to the next.
  struct TapIndices {
    int first, row, column;
  };

  PixelGrid grid;
  TapIndices indices;
  int taps, panels;  // panels: of `depth` channels of the source
  TensorMap a;       // pixel_columns of the source
  TensorMap b;       // [tap, filter, channel]

  HEDDLE_DEVICE int rounds() const { return taps * panels; }

  /// All taps of the first channels, then of the next: taps read nearly the same pixels, while these are in L2.
  template <class Layout>
  class Loader {
   public:
    HEDDLE_DEVICE Loader(ConvSm90Operands const& from, GemmSm90Tile const& tile)
        : from_(from), base_(from.grid.base(tile.row)), column_(static_cast<int>(tile.column)) {}

    HEDDLE_DEVICE void load(typename Layout::SharedStorage& shared, int stage) {
      PixelGrid const& grid = from_.grid;
      tensor_load_im2col(
          shared.a[stage], from_.a, {channel_, base_.column, base_.row, base_.image},
          {static_cast<u16>(tap_column_ * grid.tap_column_offset), static_cast<u16>(tap_row_ * grid.tap_row_offset)},
          shared.full[stage]);
      auto const [first, row, column] = from_.indices;
      load_b<Layout>(shared, stage, from_.b, {column_, first + tap_row_ * row + tap_column_ * column}, channel_);
      next();
    }

   private:
    HEDDLE_DEVICE void next() {
      if (++tap_column_ < from_.grid.taps_of_row) return;
      tap_column_ = 0;
      if (++tap_row_ * from_.grid.taps_of_row < from_.taps) return;
      tap_row_ = 0;
      channel_ += depth;
    }

    ConvSm90Operands const& from_;
    PixelGrid::Base base_;
    int column_;
    int channel_ = 0, tap_row_ = 0, tap_column_ = 0;
  };
};

}  // namespace heddle::HEDDLE_BACKEND
