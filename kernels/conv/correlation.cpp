#include "kernels/conv/correlation.h"

#include <omp.h>

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "kernels/conv/depthwise.h"
#include "kernels/conv/gather_gemm.h"
#include "kernels/conv/window_blocks.h"
#include "kernels/core/math.h"

namespace heddle::cpu {
namespace {

// Enough for the threads of a common machine, and not their number: a compiler may fuse multiply-add in one height of
// the register tile and not in another, so that the cut of the pixels shows in the last bit.
constexpr i64 wanted_blocks = 32;

/// The filter as one panel [taps, inputs, panel_width] for each group and each tile_columns outputs.
class PackedFilter {
 public:
  PackedFilter(Correlation const& op, FilterView const& filter)
      : inputs_(op.source_channels / op.groups),
        outputs_(op.target_channels / op.groups),
        depth_(static_cast<i64>(op.vertical.taps.size() * op.horizontal.taps.size()) * inputs_),
        group_count_(depth_ * round_up(outputs_, vector_length)),
        data_(std::make_unique_for_overwrite<f32[]>(static_cast<std::size_t>(op.groups * group_count_))) {
    i64 const panels = ceil_div(outputs_, tile_columns);
#pragma omp parallel for collapse(2) schedule(static)
    for (i64 group = 0; group < op.groups; ++group)
      for (i64 p = 0; p < panels; ++p) pack(op, filter, group, p * tile_columns);
  }

  i64 inputs() const { return inputs_; }
  i64 outputs() const { return outputs_; }
  f32 const* panel(i64 group, i64 output) const { return data_.get() + group * group_count_ + output * depth_; }

 private:
  void pack(Correlation const& op, FilterView const& filter, i64 group, i64 output) {
    i64 const width = panel_width(outputs_ - output);
    i64 const valid = std::min(width, outputs_ - output);
    f32* to = data_.get() + group * group_count_ + output * depth_;
    for (Tap const& row : op.vertical.taps)
      for (Tap const& column : op.horizontal.taps) {
        f32 const* const from = filter.data + group * filter.group_stride + output * filter.output_stride +
                                row.index * filter.tap_row_stride + column.index * filter.tap_column_stride;
        for (i64 input = 0; input < inputs_; ++input, to += width)
          for (i64 j = 0; j < width; ++j)
            to[j] = j < valid ? from[input * filter.input_stride + j * filter.output_stride] : 0;
      }
  }

  i64 inputs_, outputs_, depth_, group_count_;
  std::unique_ptr<f32[]> data_;
};

/// Where the pixels of a full block go, relative to its first one.
std::vector<i64> target_offsets(Correlation const& op, i64 pixels) {
  Axis const& v = op.vertical;
  Axis const& h = op.horizontal;
  std::vector<i64> offsets(static_cast<std::size_t>(pixels));
  for (i64 i = 0; i < pixels; ++i) {
    i64 const row = i / h.count;
    i64 const position = row / v.count * v.target_size + row % v.count * v.target_step;
    offsets[static_cast<std::size_t>(i)] =
        (position * h.target_size + i % h.count * h.target_step) * op.target_channels;
  }
  return offsets;
}

/// All outputs of the pixels of one block. `from` and `to` say where pixels lie, relative to `window` and `first`.
void correlate_block(PackedFilter const& filter, i64 groups, GatherRuns const& runs, f32 const* window,
                     std::span<i64 const> from, f32* first, std::span<i64 const> to) {
  i64 const pixels = std::ssize(from);
  for (i64 group = 0; group < groups; ++group)
    for (i64 output = 0; output < filter.outputs(); output += tile_columns) {
      GatherTile tile = {.b = filter.panel(group, output),
                         .columns = std::min(tile_columns, filter.outputs() - output)};
      for (i64 pixel = 0; pixel < pixels; pixel += tile.rows) {
        tile.rows = std::min(tile_rows, pixels - pixel);
        for (i64 i = 0; i < tile.rows; ++i) {
          auto const at = static_cast<std::size_t>(pixel + i);
          tile.a[i] = window + from[at] + group * filter.inputs();
          tile.c[i] = first + to[at] + group * filter.outputs() + output;
        }
        gather_gemm(tile, runs);
      }
    }
}

}  // namespace

void correlate(Correlation const& op, f32 const* source, FilterView const& filter, f32* target) {
  if (is_depthwise(op.groups, op.source_channels, op.target_channels))
    return correlate_depthwise(op, source, filter, target);
  Axis const& v = op.vertical;
  Axis const& h = op.horizontal;
  if (op.images == 0 || v.count == 0 || h.count == 0 || op.target_channels == 0) return;

  PackedFilter const packed(op, filter);
  i64 const threads = omp_get_max_threads();
  WindowBlocks const blocks(v, h, op.source_channels, op.images, wanted_blocks);
  std::vector<i64> const from = blocks.pixel_offsets();
  std::vector<i64> const to = target_offsets(op, blocks.max_pixels());
  std::vector<i64> const begins = blocks.run_offsets(op.groups);
  GatherRuns const runs = {.begins = begins, .length = blocks.run_length(op.groups)};
  i64 const buffer = blocks.buffer_count();
  auto const buffers = std::make_unique_for_overwrite<f32[]>(static_cast<std::size_t>(threads * buffer));

#pragma omp parallel for schedule(dynamic)
  for (i64 index = 0; index < blocks.count(); ++index) {
    Block const block = blocks.at(index);
    f32 const* const window = blocks.load(source, block, buffers.get() + omp_get_thread_num() * buffer);
    i64 const row = block.image * v.target_size + v.target_begin + block.row * v.target_step;
    f32* const first = target + (row * h.target_size + h.target_begin) * op.target_channels;
    auto const pixels = static_cast<std::size_t>(block.images * block.rows * h.count);
    correlate_block(packed, op.groups, runs, window, std::span(from).first(pixels), first, std::span(to).first(pixels));
  }
}

}  // namespace heddle::cpu
