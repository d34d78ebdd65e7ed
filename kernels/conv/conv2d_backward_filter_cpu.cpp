#include <omp.h>

#include <algorithm>
#include <memory>

#include "kernels/conv/conv2d_cpu.h"
#include "kernels/conv/depthwise.h"
#include "kernels/conv/gather_gemm.h"
#include "kernels/conv/window_blocks.h"
#include "kernels/core/math.h"

namespace heddle::cpu {
namespace {

/// Images are summed in chunks of their own, and the chunks in their order: the result is the same for any number of
/// threads. Large filters get fewer chunks, since every chunk holds a filter.
i64 chunk_count(Conv2dShape const& s) {
  i64 const by_size = s.filter_count() > 256 * 1024 ? 4 : s.filter_count() > 64 * 1024 ? 8 : 16;
  return std::min(s.n, by_size);
}

class BackwardFilter {
 public:
  explicit BackwardFilter(Conv2dBackwardFilterArgs<f32> const& args)
      : args_(args),
        shape_(args.shape),
        vertical_(vertical(shape_).forward()),
        horizontal_(horizontal(shape_).forward()),
        images_per_chunk_(ceil_div(shape_.n, chunk_count(shape_))),
        chunks_(ceil_div(shape_.n, images_per_chunk_)),
        blocks_(vertical_, horizontal_, shape_.c, images_per_chunk_, 1),
        inputs_(shape_.c / shape_.groups),
        outputs_(shape_.k / shape_.groups),
        rows_(shape_.r * shape_.s * inputs_),
        width_(round_up(outputs_, vector_length)) {
    find_offsets();
  }

  void run() {
    i64 const threads = omp_get_max_threads();
    i64 const window = blocks_.buffer_count();
    i64 const packed = blocks_.max_pixels() * shape_.groups * width_;
    auto const scratch = std::make_unique_for_overwrite<f32[]>(static_cast<std::size_t>(threads * (window + packed)));
    auto const partials = std::make_unique_for_overwrite<f32[]>(static_cast<std::size_t>(chunks_ * partial_count()));
#pragma omp parallel for schedule(dynamic)
    for (i64 chunk = 0; chunk < chunks_; ++chunk) {
      f32* const buffer = scratch.get() + omp_get_thread_num() * (window + packed);
      add_chunk(chunk, buffer, buffer + window, partials.get() + chunk * partial_count());
    }
    sum_chunks(partials.get());
  }

 private:
  i64 partial_count() const { return shape_.groups * rows_ * width_; }

  void find_offsets() {
    std::vector<i64> const runs = blocks_.run_offsets(shape_.groups);
    for (i64 const run : runs)
      for (i64 i = 0; i < blocks_.run_length(shape_.groups); ++i) element_offsets_.push_back(run + i);
    std::vector<i64> const pixels = blocks_.pixel_offsets();
    for (std::size_t i = 0; i < pixels.size(); i += static_cast<std::size_t>(horizontal_.count))
      row_offsets_.push_back(pixels[i]);
  }

  /// Copies the gradients of a block to panels [pixels, panel_width] for each group and each tile_columns outputs.
  void pack(f32 const* dy, i64 pixels, f32* to) const {
    for (i64 group = 0; group < shape_.groups; ++group)
      for (i64 output = 0; output < outputs_; output += tile_columns) {
        i64 const width = panel_width(outputs_ - output);
        i64 const valid = std::min(width, outputs_ - output);
        f32 const* from = dy + group * outputs_ + output;
        for (i64 pixel = 0; pixel < pixels; ++pixel, from += shape_.k, to += width) {
          std::copy_n(from, valid, to);
          std::fill_n(to + valid, width - valid, 0.0f);
        }
      }
  }

  /// partial [group, r s c, width_] = the sum over the images of one chunk.
  void add_chunk(i64 chunk, f32* window_buffer, f32* packed, f32* partial) const {
    i64 const first = chunk * images_per_chunk_;
    f32 const* const x = args_.x + first * shape_.h * shape_.w * shape_.c;
    f32 const* const dy = args_.dy + first * shape_.p() * shape_.q() * shape_.k;
    std::fill_n(partial, partial_count(), 0.0f);
    for (i64 index = 0; index < blocks_.count(); ++index) {
      Block block = blocks_.at(index);
      block.images = std::min(block.images, shape_.n - first - block.image);
      if (block.images <= 0) break;
      f32 const* const window = blocks_.load(x, block, window_buffer);
      pack(dy + (block.image * shape_.p() + block.row) * shape_.q() * shape_.k, block.images * block.rows * shape_.q(),
           packed);
      add_block(block, window, packed, partial);
    }
  }

  void add_block(Block const& block, f32 const* window, f32 const* packed, f32* partial) const {
    i64 const pixel_rows = block.images * block.rows;
    GatherRuns const runs = {.begins = std::span(row_offsets_).first(static_cast<std::size_t>(pixel_rows)),
                             .length = horizontal_.count,
                             .step = blocks_.pixel_step()};
    for (i64 group = 0; group < shape_.groups; ++group)
      for (i64 output = 0; output < outputs_; output += tile_columns) {
        i64 const width = panel_width(outputs_ - output);
        GatherTile tile = {.b = packed, .columns = width, .accumulate = true};
        for (i64 row = 0; row < rows_; row += tile.rows) {
          tile.rows = std::min(tile_rows, rows_ - row);
          for (i64 i = 0; i < tile.rows; ++i) {
            tile.a[i] = window + element_offsets_[static_cast<std::size_t>(row + i)] + group * inputs_;
            tile.c[i] = partial + (group * rows_ + row + i) * width_ + output;
          }
          gather_gemm(tile, runs);
        }
        packed += pixel_rows * horizontal_.count * width;
      }
  }

  /// Adds the chunks in their order and turns [group, r s c, width_] into KRSC.
  void sum_chunks(f32* partials) const {
#pragma omp parallel for collapse(2) schedule(static)
    for (i64 group = 0; group < shape_.groups; ++group)
      for (i64 row = 0; row < rows_; ++row) {
        f32* const sum = partials + (group * rows_ + row) * width_;
        for (i64 chunk = 1; chunk < chunks_; ++chunk)
          for (i64 output = 0; output < outputs_; ++output) sum[output] += sum[chunk * partial_count() + output];
        f32* const to = args_.dfilter + group * outputs_ * rows_ + row;
        for (i64 output = 0; output < outputs_; ++output) to[output * rows_] = sum[output];
      }
  }

  Conv2dBackwardFilterArgs<f32> const& args_;
  Conv2dShape const& shape_;
  Axis vertical_, horizontal_;
  i64 images_per_chunk_, chunks_;
  WindowBlocks blocks_;
  i64 inputs_, outputs_;  // of one group
  i64 rows_, width_;      // of one group's partial: r s c and its padded outputs
  std::vector<i64> element_offsets_;
  std::vector<i64> row_offsets_;
};

void backward_filter(Conv2dBackwardFilterArgs<f32> const& args) {
  Conv2dShape const& s = args.shape;
  if (s.filter_count() == 0) return;
  if (s.n == 0)
    std::fill_n(args.dfilter, s.filter_count(), 0.0f);
  else if (is_depthwise(s.groups, s.c, s.k))
    depthwise_backward_filter(args);
  else
    BackwardFilter(args).run();
}

}  // namespace

template <class T>
void conv2d_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_backward_filter", args);
  Widened<T> const x(args.x, s.input_count()), dy(args.dy, s.output_count());
  Sums<T> dfilter(args.dfilter, s.filter_count());
  backward_filter({.shape = s, .x = x.data(), .dy = dy.data(), .dfilter = dfilter.data()});
  dfilter.finish({}, 1);
}

HEDDLE_INSTANTIATE(conv2d_backward_filter, Conv2dBackwardFilterArgs);

}  // namespace heddle::cpu
