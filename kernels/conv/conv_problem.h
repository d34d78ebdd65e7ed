// A convolution as the launchers take it.
#pragma once

#include <algorithm>

#include "kernels/conv/conv_axes.h"
#include "kernels/conv/gather_axis.h"
#include "kernels/tile/epilogue.h"

namespace heddle {

/// Element (group, output, tap, input) of a filter in KRSC, whichever channels are the outputs.
struct FilterStrides {
  i64 group = 0, output = 0, tap_row = 0, tap_column = 0, input = 0;
};

/// Forward, or a phase of backward-data: every target pixel gathers source pixels through a filter. For each group it
/// is a matrix product of [pixels, taps x inputs] and [taps x inputs, outputs].
template <class T>
struct ConvProblem {
  char const* name = "";  // of the operation
  GatherAxis vertical = {}, horizontal = {};
  i64 images = 0, groups = 1;
  i64 inputs = 0, outputs = 0;  // channels of a group
  FilterStrides strides = {};
  T const* source = nullptr;  // [images, vertical.source_size, horizontal.source_size, groups x inputs]
  T const* filter = nullptr;
  bool tf32 = false;
  ConvChoice choice = {};
  EpilogueOutput output = {};  // [groups, pixels, outputs], of a target with all channels in a row

  i64 pixels_of_image() const { return i64{vertical.count} * horizontal.count; }
  i64 pixels() const { return images * pixels_of_image(); }
  i64 taps() const { return i64{vertical.taps} * horizontal.taps; }
};

/// The target of the problem, and the steps on the way to it. Sums of columns, of blocks of pixels, go to `partial`
/// first, which has [2, most_row_blocks, channels].
template <class T>
EpilogueOutput output_of(ConvProblem<T> const& c, T* target, Epilogue<T> const& epilogue, f32* partial,
                         i64 most_row_blocks) {
  i64 const channels = c.groups * c.outputs;
  GatherAxis const &v = c.vertical, &h = c.horizontal;
  EpilogueOutput output = {.type = dtype_of<T>,
                           .vectorised = vectors_aligned(target, channels) && c.outputs % epilogue_vector == 0,
                           .m = c.pixels(),
                           .n = c.outputs,
                           .d = target,
                           .ldd = channels,
                           .stride_d = c.outputs,
                           .scattered = v.target_step != 1 || h.target_step != 1,
                           .groups = static_cast<int>(c.groups)};
  if (output.scattered)
    output.pixels = {.of_image = Divisor(std::max<i64>(c.pixels_of_image(), 1)),
                     .of_row = Divisor(std::max(h.count, 1)),
                     .first = i64{v.target_begin} * h.target_size + h.target_begin,
                     .image = i64{v.target_size} * h.target_size,
                     .row = i64{v.target_step} * h.target_size,
                     .pixel = h.target_step};
  set_epilogue(output, epilogue);
  if (epilogue.column_sums != nullptr) output.column_sums = partial;
  if (epilogue.column_products != nullptr) output.column_products = partial + most_row_blocks * channels;
  return output;
}

}  // namespace heddle
