// Convolution with one filter of one channel for each input channel: no sum over channels, so no matrix product in it.
// Loops run over the channels of a pixel, which lie side by side.
#pragma once

#include "kernels/conv/conv2d.h"
#include "kernels/conv/correlation.h"

namespace heddle::cpu {

constexpr bool is_depthwise(i64 groups, i64 c, i64 k) { return groups > 1 && groups == c && groups == k; }

/// `correlate` where groups, source channels and target channels are equal.
void correlate_depthwise(Correlation const& correlation, f32 const* source, FilterView const& filter, f32* target);

/// The filter gradient of a depthwise shape.
void depthwise_backward_filter(Conv2dBackwardFilterArgs<f32> const& args);

}  // namespace heddle::cpu
