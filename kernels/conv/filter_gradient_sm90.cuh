// The gradient of a convolution's filters in 16-bit types on Hopper: the pipeline of the matrix product
// (kernels/gemm/gemm_sm90.cuh), where bulk copies of columns of pixels bring B.
//
// A product of [filters, pixels] and [pixels, taps x channels] for each part of the pixels; nothing is laid out in
// memory for it. A stage is 64 pixels: dy of 128 filters, and columns of x of 64 channels at a tap each. Both lie
// across the pixels, as the matrix unit takes them. There are few filters and many pixels, so the pixels are cut into
// parts, whose sums go to the workspace in f32 and are added in their order (AddParts): their number depends on shape
// and configuration alone.
//
// Floor: 2 pixels taps inputs filters operations, at 989 TFLOP/s of an H200; memory: x and dy once, the parts twice.
// Below, cycles of a multiprocessor for a stage, as in gemm_sm90.cuh; a part takes pixels / parts / 64 of them.
//                                        matrix unit  shared memory    L2  output
//   cooperative 128 x 256, cluster of 2         1024           1024  1365    2048
//   cooperative 128 x 128                        512            640  1365    1024
// Output is of the sums as f32 to L2 at 64 bytes a cycle: from the registers whole sectors, 8 rows of 8 neighbours in
// one access. Not yet measured.
#pragma once

#include "kernels/conv/pixel_columns.h"
#include "kernels/gemm/gemm_sm90.cuh"
#include "kernels/machine/fragment.h"

namespace heddle::HEDDLE_BACKEND {

/// A: dy of 64 pixels x 128 filters. B: 64 pixels of x x panels of 64 channels, those of a tap after each other.
template <class T>
struct FilterGradientOperands {
  using Type = T;
  static constexpr Major major_a = Major::mn, major_b = Major::mn;
  static constexpr int depth = 128 / sizeof(T), panel = depth;

  PixelGrid grid;
  int channels, taps;
  Divisor panels_of_tap;
  int rounds_of_part;
  TensorMap a;  // [1, pixel, filter] of dy
  TensorMap b;  // pixel_columns of x

  HEDDLE_DEVICE int rounds() const { return rounds_of_part; }

  /// What columns of B from a multiple of 64 on are.
  struct Panel {
    int tap, channel;
  };
  HEDDLE_DEVICE Panel panel_at(i64 column) const {
    i64 const number = column / panel;
    return {static_cast<int>(panels_of_tap.quotient(number)),
            static_cast<int>(panels_of_tap.remainder(number)) * panel};
  }

  template <class Layout>
  class Loader {
   public:
    HEDDLE_DEVICE Loader(FilterGradientOperands const& from, GemmSm90Tile const& tile)
        : from_(from),
          row_(static_cast<int>(tile.row)),
          pixel_(static_cast<int>(tile.product) * from.rounds_of_part * depth) {
      PixelGrid const& grid = from.grid;
      HEDDLE_UNROLL
      for (int i = 0; i < panels; ++i) {
        auto const [tap, channel] = from.panel_at(tile.column + (Layout::rank() * panels + i) * panel);
        bool const there = tap < from.taps;
        channels_[i] = there ? channel : from.channels;  // beyond all channels are zeros
        int const tap_row = there ? tap / grid.taps_of_row : 0, tap_column = there ? tap % grid.taps_of_row : 0;
        offsets_[i][0] = static_cast<u16>(tap_column * grid.tap_column_offset);
        offsets_[i][1] = static_cast<u16>(tap_row * grid.tap_row_offset);
      }
    }

    HEDDLE_DEVICE void load(typename Layout::SharedStorage& shared, int stage) {
      load_a<Layout>(shared, stage, from_.a, {row_, 0}, pixel_);
      PixelGrid::Base const base = from_.grid.base(pixel_);
      T* const part = shared.b[stage] + Layout::rank() * Layout::columns_of_b * depth;
      HEDDLE_UNROLL
      for (int i = 0; i < panels; ++i)
        load_panel(part + i * panel * depth, {channels_[i], base.column, base.row, base.image}, offsets_[i],
                   shared.full[stage]);
      pixel_ += depth;
    }

   private:
    static constexpr int panels = Layout::columns_of_b / panel;

    /// To all blocks of the cluster.
    HEDDLE_DEVICE void load_panel(T* shared, i32 const (&coordinates)[4], u16 const (&offsets)[2], MBarrier& barrier) {
      if constexpr (Layout::cluster > 1)
        tensor_load_im2col_multicast(shared, from_.b, coordinates, offsets, barrier, (1u << Layout::cluster) - 1);
      else
        tensor_load_im2col(shared, from_.b, coordinates, offsets, barrier);
    }

    FilterGradientOperands const& from_;
    int row_, pixel_;
    int channels_[panels];
    u16 offsets_[panels][2];
  };
};

/// Writes the sums of a part to [part, filter, tap, channel] in f32, from the registers.
template <class Layout>
struct FilterGradientOutput {
  using Params = typename Layout::Params;

  HEDDLE_DEVICE static void write(Params const& p, GemmSm90Tile const& tile, typename Layout::Sums const& sums, int,
                                  typename Layout::Type*) {
    constexpr int panel = Layout::panel;
    int const channels = p.operands.channels;
    HEDDLE_UNROLL
    for (int first = 0; first < Layout::columns; first += panel) {
      auto const [tap, channel] = p.operands.panel_at(tile.column + first);
      if (tap >= p.operands.taps) return;
      f32* const to = static_cast<f32*>(p.output.d) + tile.product * p.output.stride_d + i64{tap} * channels + channel;
      HEDDLE_UNROLL
      for (int block = 0; block < Layout::consumer_rows / 64; ++block)
        write_panel(p.output, tile.row + 64 * block, channels - channel, &sums[block][first / 2], to);
    }
  }

  HEDDLE_DEVICE static void finish(Params const&) {}

 private:
  HEDDLE_DEVICE static void write_panel(EpilogueOutput const& output, i64 first_row, int channels, f32 const* sums,
                                        f32* to) {
    HEDDLE_UNROLL
    for (int element = 0; element < Layout::panel / 2; element += 2) {
      auto const [row, column] = accumulator_fragment(static_cast<int>(threadIdx.x) % warpgroup_size, element);
      if (first_row + row < output.m && column < channels)
        store(to + (first_row + row) * output.ldd + column, Vector<f32, 2>{sums[element], sums[element + 1]});
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
