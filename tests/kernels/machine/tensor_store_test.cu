// Boxes that are stored, or added, to tensors of every rank: what lies outside of the tensor is left out.
#include <cstring>

#include "tests/kernels/machine/tensor_copy_test.cuh"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Stores a box, or adds it, from `shift` bytes after the start of shared memory, whose words are given.
template <int rank, bool adds>
struct Stores {
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
      tensor_reduce_add(p.map, p.coordinates, shared.at(p.shift));
    else
      tensor_store(p.map, p.coordinates, shared.at(p.shift));
    bulk_commit();
    bulk_wait<0>();
  }
};

/// A box of words before, in and behind a tensor, and the bytes of both.
template <int rank>
struct Case {
  TiledTensor tensor;
  i32 coordinates[rank];
  u32 shift;
  std::vector<u8> bytes, box;

  Case(TensorType type, Swizzle swizzle, Draws& draws) : tensor(draw_tile(type, rank, swizzle, draws)) {
    bytes = draws.bytes(draw_memory(tensor, draws));
    box = draws.bytes(sizeof BoxStorage{}.words);
    draw_coordinates(coordinates, tensor, draws);
    shift = 128 * static_cast<u32>(draws.between(0, 7));
  }

  /// What a launch makes of the tensor's memory.
  template <bool adds>
  std::vector<u8> launched(unsigned blocks) const {
    DeviceBuffer<u8> memory_of_tensor(memory, bytes);
    DeviceBuffer<u8> words(memory, box);
    typename Stores<rank, adds>::Params params = {};
    params.map = make_tensor_map(memory_of_tensor.data(), tensor);
    std::copy_n(coordinates, rank, params.coordinates);
    params.shift = shift;
    params.bytes = box_bytes(tensor);
    params.words = reinterpret_cast<u32 const*>(words.data());
    launch<Stores<rank, adds>>(dim3(blocks), params, {}, "stores");
    EXPECT_TRUE(memory_of_tensor.guards_intact());
    return memory_of_tensor.read();
  }
};

template <int rank>
void test_stores(TensorType type, Swizzle swizzle, Draws& draws) {
  Case<rank> const stored(type, swizzle, draws);
  std::vector<u8> expected = stored.bytes;
  for_each_byte(stored.tensor, sources_of(stored.tensor, stored.coordinates), stored.shift,
                [&](u32 offset, i64 target) {
                  if (target >= 0) expected[static_cast<std::size_t>(target)] = stored.box[offset];
                });
  EXPECT_EQ(stored.template launched<false>(1), expected);
}

TEST_F(Hopper, TilesAreStored) {
  for_each_execution([] {
    Draws draws(4);
    for (TensorType const type : {TensorType::u8, TensorType::f16, TensorType::i32})
      for (Swizzle const swizzle : swizzles) {
        test_stores<1>(type, swizzle, draws);
        test_stores<2>(type, swizzle, draws);
        test_stores<3>(type, swizzle, draws);
        test_stores<4>(type, swizzle, draws);
        test_stores<5>(type, swizzle, draws);
      }
  });
}

template <class T>
T& element_at(std::vector<u8>& bytes, std::size_t offset) {
  return *reinterpret_cast<T*>(bytes.data() + offset);
}

/// Integers when several are added, which is exact; else any numbers, whose sum is rounded.
template <class T>
void fill(std::vector<u8>& bytes, unsigned blocks, u64 seed) {
  i64 const count = static_cast<i64>(bytes.size() / sizeof(T));
  auto const values = blocks > 1 ? testing::small_integers<T>(count, seed) : testing::uniform<T>(count, seed);
  std::memcpy(bytes.data(), values.data(), values.size() * sizeof(T));
}

/// Blocks add one box: integers with all their bits, others such that the order of additions does not matter.
template <class T, int rank>
void test_additions(TensorType type, Swizzle swizzle, unsigned blocks, Draws& draws) {
  Case<rank> added(type, swizzle, draws);
  if constexpr (!std::is_integral_v<T>) {
    fill<T>(added.bytes, blocks, 5);
    fill<T>(added.box, blocks, 6);
  }
  using Sum = std::conditional_t<std::is_integral_v<T>, u64, f32>;
  std::vector<u8> expected = added.bytes;
  for_each_byte(added.tensor, sources_of(added.tensor, added.coordinates), added.shift, [&](u32 offset, i64 target) {
    if (target < 0 || offset % sizeof(T) != 0) return;
    T& sum = element_at<T>(expected, static_cast<std::size_t>(target));
    sum = T(static_cast<Sum>(sum) + static_cast<Sum>(blocks) * static_cast<Sum>(element_at<T>(added.box, offset)));
  });
  EXPECT_EQ(added.template launched<true>(blocks), expected);
}

template <class T>
void test_additions(TensorType type, Draws& draws) {
  for (unsigned const blocks : {1u, 3u}) {
    Swizzle const swizzle = swizzles[draws.between(0, 3)];
    test_additions<T, 1>(type, swizzle, blocks, draws);
    test_additions<T, 2>(type, swizzle, blocks, draws);
    test_additions<T, 3>(type, swizzle, blocks, draws);
    test_additions<T, 4>(type, swizzle, blocks, draws);
    test_additions<T, 5>(type, swizzle, blocks, draws);
  }
}

TEST_F(Hopper, TilesAreAdded) {
  for_each_execution([] {
    Draws draws(5);
    test_additions<u32>(TensorType::u32, draws);
    test_additions<i32>(TensorType::i32, draws);
    test_additions<u64>(TensorType::u64, draws);
    test_additions<f16>(TensorType::f16, draws);
    test_additions<bf16>(TensorType::bf16, draws);
    test_additions<f32>(TensorType::f32, draws);
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
