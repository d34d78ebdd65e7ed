// Columns of the matrix of a convolution, against the formula of the convolution.
#include "tests/kernels/machine/tensor_copy_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Loads a column `shift` bytes after the start of shared memory of each block of a cluster, by the first for all.
template <int rank, int size>
struct LoadsPixels {
  static constexpr int threads = 32, cluster_size = size;
  struct Params {
    TensorMap map;
    i32 coordinates[rank];
    u16 offsets[rank - 2];
    u32 shift, bytes;
    u32* result;
  };
  using SharedStorage = BoxStorage;
  HEDDLE_DEVICE void operator()(Params const& p, BoxStorage& shared) const {
    make_barrier_of_copies(shared.barrier);
    if (threadIdx.x == 0) mbarrier_arrive_expect(shared.barrier, p.bytes);
    cluster_sync();
    if (threadIdx.x == 0 && cluster_rank() == 0) {
      if constexpr (size == 1)
        tensor_load_im2col(shared.at(p.shift), p.map, p.coordinates, p.offsets, shared.barrier);
      else
        tensor_load_im2col_multicast(shared.at(p.shift), p.map, p.coordinates, p.offsets, shared.barrier,
                                     (1u << size) - 1);
    }
    mbarrier_wait(shared.barrier, 0);
    u32* const result = p.result + blockIdx.x * std::size(shared.words);
    for (u32 i = p.shift / 4 + threadIdx.x; i < (p.shift + p.bytes) / 4; i += threads) result[i] = shared.words[i];
    cluster_sync();
  }
};

/// A convolution in one spatial dimension, w h or d.
struct Filter {
  int size, stride, padding, dilation, tap;
  int outputs(u64 inputs) const {
    return (static_cast<int>(inputs) + 2 * padding - (size - 1) * dilation - 1) / stride + 1;
  }
};

Filter draw_filter(u64 inputs, Draws& draws) {
  for (;;) {
    Filter filter = {draws.between(1, 4), draws.between(1, 3), draws.between(0, 3), draws.between(1, 3), 0};
    filter.tap = draws.between(0, filter.size - 1);
    if (static_cast<int>(inputs) + 2 * filter.padding > (filter.size - 1) * filter.dilation) return filter;
  }
}

/// The elements of outputs first, first + 1, …, numbered n d h w, from channel on.
Sources sources_of(Im2colTensor const& tensor, Filter const* filters, int first, int channel) {
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

template <int rank, int size = 1>
void test_pixels(TensorType type, Swizzle swizzle, Draws& draws) {
  Im2colTensor tensor = {.type = type, .rank = rank, .swizzle = swizzle};
  std::vector<u8> const bytes = draws.bytes(draw_memory(tensor, draws));
  DeviceBuffer<u8> memory_of_tensor(memory, bytes);
  constexpr std::size_t words = std::size(BoxStorage{}.words);
  DeviceBuffer<u32> result(memory, size * words);

  u32 const row = swizzle == Swizzle::none ? 16 * static_cast<u32>(draws.between(1, 6)) : swizzle_span(swizzle);
  tensor.channels_per_pixel = row / element_bytes(type);
  tensor.pixels_per_column = static_cast<u32>(draws.between(1, 100));
  Filter filters[rank - 2];
  typename LoadsPixels<rank, size>::Params params = {};
  int all = static_cast<int>(tensor.sizes[rank - 1]);
  for (int i = 0; i < rank - 2; ++i) {
    Filter const filter = filters[i] = draw_filter(tensor.sizes[i + 1], draws);
    tensor.lower_corner[i] = -filter.padding;
    tensor.upper_corner[i] = filter.padding - (filter.size - 1) * filter.dilation;
    tensor.element_strides[i + 1] = static_cast<u32>(filter.stride);
    params.offsets[i] = static_cast<u16>(filter.tap * filter.dilation);
    all *= filter.outputs(tensor.sizes[i + 1]);
  }
  int const first = draws.between(0, all - 1);
  params.coordinates[0] = draws.between(-3, static_cast<int>(tensor.sizes[0]));
  int rest = first;
  for (int i = 0; i < rank - 2; ++i) {
    int const outputs = filters[i].outputs(tensor.sizes[i + 1]);
    params.coordinates[i + 1] = rest % outputs * filters[i].stride - filters[i].padding;
    rest /= outputs;
  }
  params.coordinates[rank - 1] = rest;
  params.map = make_tensor_map(memory_of_tensor.data(), tensor);
  params.shift = 128 * static_cast<u32>(draws.between(0, 7));
  params.bytes = box_bytes(tensor);
  params.result = result.data();
  launch<LoadsPixels<rank, size>>(dim3(size), params, {}, "loads_pixels");
  std::vector<u32> const found = result.read();
  Sources const sources = sources_of(tensor, filters, first, params.coordinates[0]);
  for (auto block = found.begin(); block != found.end(); block += words)
    expect_box({block, block + words}, tensor, sources, bytes, params.shift);
}

TEST_F(Hopper, PixelsAreLoaded) {
  for_each_execution([] {
    Draws draws(2);
    for (TensorType const type : {TensorType::u8, TensorType::f16, TensorType::f32})
      for (Swizzle const swizzle : swizzles)
        for (int trial = 0; trial < 4; ++trial) {
          test_pixels<3>(type, swizzle, draws);
          test_pixels<4>(type, swizzle, draws);
          test_pixels<5>(type, swizzle, draws);
        }
  });
}

TEST_F(Hopper, PixelsAreLoadedForAllBlocksOfACluster) {
  for_each_execution([] {
    Draws draws(3);
    for (Swizzle const swizzle : swizzles) test_pixels<4, 2>(TensorType::bf16, swizzle, draws);
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
