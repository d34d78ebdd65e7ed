// Columns of the matrix of a convolution, against the formula of the convolution.
#include <algorithm>

#include "tests/kernels/machine/tensor_im2col_test.cuh"

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
      tensor_prefetch_im2col(p.map, p.coordinates, p.offsets);
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

template <int rank, int size = 1>
void test_pixels(TensorType type, Swizzle swizzle, Draws& draws) {
  Column<rank> const column(type, swizzle, true, draws);
  DeviceBuffer<u8> memory_of_tensor(memory, column.bytes);
  constexpr std::size_t words = std::size(BoxStorage{}.words);
  DeviceBuffer<u32> result(memory, size * words);
  typename LoadsPixels<rank, size>::Params params = {};
  std::copy_n(column.coordinates, rank, params.coordinates);
  std::copy_n(column.offsets, rank - 2, params.offsets);
  params.map = make_tensor_map(memory_of_tensor.data(), column.tensor);
  params.shift = column.shift;
  params.bytes = box_bytes(column.tensor);
  params.result = result.data();
  launch<LoadsPixels<rank, size>>(dim3(size), params, {}, "loads_pixels");
  std::vector<u32> const found = result.read();
  for (auto block = found.begin(); block != found.end(); block += words)
    expect_box({block, block + words}, column.tensor, column.sources(), column.bytes, column.shift);
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
