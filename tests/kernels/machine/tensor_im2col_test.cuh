// Columns of random convolutions.
#pragma once

#include "tests/kernels/machine/tensor_copy_test.cuh"

namespace heddle::HEDDLE_BACKEND {

/// A convolution in one spatial dimension, w h or d.
struct Filter {
  int size, stride, padding, dilation, tap;
  int outputs(u64 inputs) const {
    return (static_cast<int>(inputs) + 2 * padding - (size - 1) * dilation - 1) / stride + 1;
  }
};

inline Filter draw_filter(u64 inputs, Draws& draws) {
  for (;;) {
    Filter filter = {draws.between(1, 4), draws.between(1, 3), draws.between(0, 3), draws.between(1, 3), 0};
    filter.tap = draws.between(0, filter.size - 1);
    if (static_cast<int>(inputs) + 2 * filter.padding > (filter.size - 1) * filter.dilation) return filter;
  }
}

/// The elements of outputs first, first + 1, …, numbered n d h w, from channel on.
inline Sources sources_of(Im2colTensor const& tensor, Filter const* filters, int first, int channel) {
  Sources sources;
  for (u32 pixel = 0; pixel < tensor.pixels_per_column; ++pixel) {
    i64 position[max_tensor_rank] = {};
    int rest = first + static_cast<int>(pixel);
    for (int i = 0; i < tensor.rank - 2; ++i) {
      Filter const& filter = filters[i];
      int const outputs = filter.outputs(tensor.sizes[i + 1]);
      position[i + 1] = rest % outputs * filter.stride - filter.padding + filter.tap * filter.dilation;
      rest /= outputs;
    }
    position[tensor.rank - 1] = rest;
    for (u32 c = 0; c < tensor.channels_per_pixel; ++c) {
      position[0] = channel + static_cast<int>(c);
      sources.push_back(source_at(tensor, position));
    }
  }
  return sources;
}

/// A column of pixels of a random tensor, from a random output on.
template <int rank>
struct Column {
  Im2colTensor tensor;
  std::vector<u8> bytes;  // of the tensor
  Filter filters[rank - 2];
  i32 coordinates[rank];
  u16 offsets[rank - 2];
  int first;  // output
  u32 shift;

  /// At tap 0 of the filters, or any.
  Column(TensorType type, Swizzle swizzle, bool any_tap, Draws& draws)
      : tensor({.type = type, .rank = rank, .swizzle = swizzle}) {
    bytes = draws.bytes(draw_memory(tensor, draws));
    u32 const row = swizzle == Swizzle::none ? 16 * static_cast<u32>(draws.between(1, 6)) : swizzle_span(swizzle);
    tensor.channels_per_pixel = row / element_bytes(type);
    tensor.pixels_per_column = static_cast<u32>(draws.between(1, 100));
    int all = static_cast<int>(tensor.sizes[rank - 1]);
    for (int i = 0; i < rank - 2; ++i) {
      Filter& filter = filters[i] = draw_filter(tensor.sizes[i + 1], draws);
      if (!any_tap) filter.tap = 0;
      tensor.lower_corner[i] = -filter.padding;
      tensor.upper_corner[i] = filter.padding - (filter.size - 1) * filter.dilation;
      tensor.element_strides[i + 1] = static_cast<u32>(filter.stride);
      offsets[i] = static_cast<u16>(filter.tap * filter.dilation);
      all *= filter.outputs(tensor.sizes[i + 1]);
    }
    first = draws.between(0, all - 1);
    coordinates[0] = draws.between(-3, static_cast<int>(tensor.sizes[0]));
    int rest = first;
    for (int i = 0; i < rank - 2; ++i) {
      int const outputs = filters[i].outputs(tensor.sizes[i + 1]);
      coordinates[i + 1] = rest % outputs * filters[i].stride - filters[i].padding;
      rest /= outputs;
    }
    coordinates[rank - 1] = rest;
    shift = 128 * static_cast<u32>(draws.between(0, 7));
  }

  Sources sources() const { return sources_of(tensor, filters, first, coordinates[0]); }
};

}  // namespace heddle::HEDDLE_BACKEND
