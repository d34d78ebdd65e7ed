// Columns of pixels that are stored, or added, to where a convolution reads them: what lies outside is left out.
#include <algorithm>
#include <cstring>

#include "tests/kernels/machine/tensor_im2col_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Stores a column, or adds it, from `shift` bytes after the start of shared memory, whose words are given.
template <int rank, bool adds>
struct StoresPixels {
  static constexpr int threads = 64;
  struct Params {
    TensorMap map;
    i32 coordinates[rank];
    u32 shift, bytes;
    u32 const* words;
  };
  using SharedStorage = BoxStorage;
  HEDDLE_DEVICE void operator()(Params const& p, BoxStorage& shared) const {
    for (u32 i = p.shift / 4 + threadIdx.x; i < (p.shift + p.bytes) / 4; i += threads) shared.words[i] = p.words[i];
    fence_proxy_async();
    __syncthreads();
    if (threadIdx.x != 0) return;
    if constexpr (adds)
      tensor_reduce_add_im2col(p.map, p.coordinates, shared.at(p.shift));
    else
      tensor_store_im2col(p.map, p.coordinates, shared.at(p.shift));
    bulk_commit();
    bulk_wait<0>();
  }
};

/// What a launch of `blocks` makes of the tensor of the column, from the bytes of a box.
template <bool adds, int rank>
std::vector<u8> launched(Column<rank> const& column, std::vector<u8> const& box, unsigned blocks) {
  DeviceBuffer<u8> memory_of_tensor(memory, column.bytes);
  DeviceBuffer<u8> words(memory, box);
  typename StoresPixels<rank, adds>::Params params = {};
  std::copy_n(column.coordinates, rank, params.coordinates);
  params.map = make_tensor_map(memory_of_tensor.data(), column.tensor);
  params.shift = column.shift;
  params.bytes = box_bytes(column.tensor);
  params.words = reinterpret_cast<u32 const*>(words.data());
  launch<StoresPixels<rank, adds>>(dim3(blocks), params, {}, "stores_pixels");
  EXPECT_TRUE(memory_of_tensor.guards_intact());
  return memory_of_tensor.read();
}

template <int rank>
void test_stores(TensorType type, Swizzle swizzle, Draws& draws) {
  Column<rank> const column(type, swizzle, false, draws);
  std::vector<u8> const box = draws.bytes(sizeof BoxStorage{}.words);
  std::vector<u8> expected = column.bytes;
  for_each_byte(column.tensor, column.sources(), column.shift, [&](u32 offset, i64 target) {
    if (target >= 0) expected[static_cast<std::size_t>(target)] = box[offset];
  });
  EXPECT_EQ(launched<false>(column, box, 1), expected);
}

TEST_F(Hopper, PixelsAreStored) {
  for_each_execution([] {
    Draws draws(7);
    for (TensorType const type : {TensorType::u8, TensorType::f16, TensorType::f32})
      for (Swizzle const swizzle : swizzles)
        for (int trial = 0; trial < 4; ++trial) {
          test_stores<3>(type, swizzle, draws);
          test_stores<4>(type, swizzle, draws);
          test_stores<5>(type, swizzle, draws);
        }
  });
}

/// Three blocks add one column of words, with all their bits.
template <int rank>
void test_additions(Swizzle swizzle, Draws& draws) {
  Column<rank> const column(TensorType::u32, swizzle, false, draws);
  std::vector<u8> const box = draws.bytes(sizeof BoxStorage{}.words);
  std::vector<u8> expected = column.bytes;
  for_each_byte(column.tensor, column.sources(), column.shift, [&](u32 offset, i64 target) {
    if (target < 0 || offset % sizeof(u32) != 0) return;
    u32 sum, value;
    std::memcpy(&sum, &expected[static_cast<std::size_t>(target)], sizeof sum);
    std::memcpy(&value, &box[offset], sizeof value);
    sum += 3 * value;
    std::memcpy(&expected[static_cast<std::size_t>(target)], &sum, sizeof sum);
  });
  EXPECT_EQ(launched<true>(column, box, 3), expected);
}

TEST_F(Hopper, PixelsAreAdded) {
  for_each_execution([] {
    Draws draws(8);
    for (Swizzle const swizzle : swizzles) {
      test_additions<3>(swizzle, draws);
      test_additions<4>(swizzle, draws);
      test_additions<5>(swizzle, draws);
    }
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
