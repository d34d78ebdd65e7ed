// The pass that convolution forward and backward-data share: every target pixel gathers source pixels through a filter.
#pragma once

#include "kernels/conv/axis.h"

namespace heddle::cpu {

/// How a filter in KRSC is read: element (group, output, tap, input) of whichever channels are the outputs.
struct FilterView {
  f32 const* data = nullptr;
  i64 group_stride = 0, output_stride = 0, tap_row_stride = 0, tap_column_stride = 0, input_stride = 0;
};

struct Correlation {
  i64 images = 0, groups = 1;
  i64 source_channels = 0, target_channels = 0;  // of all groups
  Axis vertical = {}, horizontal = {};
};

/// target[image, pixel, output] = sum over taps and inputs of source[image, pixel at tap, input] * filter(output, tap,
/// input). Writes the pixels that the axes name and no others. Each axis needs at least one tap.
void correlate(Correlation const& correlation, f32 const* source, FilterView const& filter, f32* target);

}  // namespace heddle::cpu
