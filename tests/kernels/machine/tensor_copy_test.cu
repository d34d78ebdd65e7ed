// Boxes of tensors of every rank, element size and swizzle, also where they reach over the tensor's edges.
#include <cmath>
#include <cstring>

#include "tests/kernels/machine/tensor_copy_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Loads a box `shift` bytes after the start of shared memory, whose words are the result.
template <int rank>
struct LoadsTile {
  static constexpr int threads = 64;
  struct Params {
    TensorMap map;
    i32 coordinates[rank];
    u32 shift, bytes;
    u32* result;
  };
  using SharedStorage = BoxStorage;
  HEDDLE_DEVICE void operator()(Params const& p, BoxStorage& shared) const {
    make_barrier_of_copies(shared.barrier);
    if (threadIdx.x == 0) {
      tensor_map_prefetch(p.map);
      tensor_prefetch(p.map, p.coordinates);
      mbarrier_arrive_expect(shared.barrier, p.bytes);
      tensor_load(shared.at(p.shift), p.map, p.coordinates, shared.barrier, CachePolicy::evict_last);
    }
    mbarrier_wait(shared.barrier, 0);
    for (u32 i = p.shift / 4 + threadIdx.x; i < (p.shift + p.bytes) / 4; i += threads) p.result[i] = shared.words[i];
  }
};

template <int rank>
void test_loads(TensorType type, Swizzle swizzle, Draws& draws) {
  TiledTensor tensor = draw_tile(type, rank, swizzle, draws);
  std::vector<u8> const bytes = draws.bytes(draw_memory(tensor, draws));
  DeviceBuffer<u8> memory_of_tensor(memory, bytes);
  DeviceBuffer<u32> result(memory, std::size(BoxStorage{}.words));
  typename LoadsTile<rank>::Params params = {.map = make_tensor_map(memory_of_tensor.data(), tensor),
                                             .coordinates = {},
                                             .shift = 128 * static_cast<u32>(draws.between(0, 7)),
                                             .bytes = box_bytes(tensor),
                                             .result = result.data()};
  draw_coordinates(params.coordinates, tensor, draws);
  launch<LoadsTile<rank>>(dim3(1), params, {}, "loads_tile");
  expect_box(result.read(), tensor, sources_of(tensor, params.coordinates), bytes, params.shift);
}

TEST_F(Hopper, TilesAreLoaded) {
  for_each_execution([] {
    Draws draws(1);
    for (TensorType const type : {TensorType::u8, TensorType::bf16, TensorType::f32, TensorType::u64})
      for (Swizzle const swizzle : swizzles)
        for (int trial = 0; trial < 3; ++trial) {
          test_loads<1>(type, swizzle, draws);
          test_loads<2>(type, swizzle, draws);
          test_loads<3>(type, swizzle, draws);
          test_loads<4>(type, swizzle, draws);
          test_loads<5>(type, swizzle, draws);
        }
  });
}

TEST_F(Hopper, FarCoordinatesAreOutside) {
  TiledTensor const tensor = {
      .type = TensorType::u32, .rank = 2, .sizes = {8, 8}, .strides_bytes = {32}, .box = {8, 8}};
  std::vector<u8> const bytes(256, 7);
  DeviceBuffer<u8> memory_of_tensor(memory, bytes);
  DeviceBuffer<u32> result(memory, 64);
  constexpr i32 first = -2147483647 - 1, last = 2147483647;
  for (i32 const x : {first, 0, last})
    for (i32 const y : {first, last}) {
      i32 const coordinates[] = {x, y};
      launch<LoadsTile<2>>(dim3(1), {make_tensor_map(memory_of_tensor.data(), tensor), {x, y}, 0, 256, result.data()},
                           {}, "far");
      expect_box(result.read(), tensor, sources_of(tensor, coordinates), bytes, 0);
    }
}

/// To 10 bits of mantissa, by at most half a unit, also of subnormals; where halves go is not documented.
TEST_F(Hopper, Tf32IsRounded) {
  std::vector<u8> bytes = Draws(9).bytes(1024);
  std::vector<f32> const special = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 3.4028235e38f, 1e-40f, 1.0004883f};
  std::memcpy(bytes.data(), special.data(), special.size() * sizeof(f32));
  DeviceBuffer<u8> memory_of_tensor(memory, bytes);
  TiledTensor const tensor = {.type = TensorType::tf32, .rank = 1, .sizes = {256}, .box = {256}};
  for_each_execution([&] {
    DeviceBuffer<u32> result(memory, 256);
    launch<LoadsTile<1>>(dim3(1), {make_tensor_map(memory_of_tensor.data(), tensor), {0}, 0, 1024, result.data()}, {},
                         "tf32");
    std::vector<u32> const found = result.read();
    for (std::size_t i = 0; i < found.size(); ++i) {
      u32 exact;
      std::memcpy(&exact, &bytes[4 * i], sizeof exact);
      bool const finite = (exact & 0x7f800000u) != 0x7f800000u;
      if (finite) {
        EXPECT_EQ(found[i] % 0x2000u, 0u) << std::hex << exact;
        // Neighbours of one sign differ by 1 as integers, up to infinity.
        EXPECT_LE(std::abs(static_cast<i64>(found[i]) - static_cast<i64>(exact)), 0x1000) << std::hex << exact;
      } else {
        f32 const value = std::bit_cast<f32>(found[i]), source = std::bit_cast<f32>(exact);
        EXPECT_TRUE(value == source || (value != value && source != source)) << std::hex << exact;
      }
    }
  });
}

TEST_F(Hopper, FillIsNaN) {
  for_each_execution([] {
    TiledTensor const tensor = {.type = TensorType::f32, .rank = 1, .sizes = {5}, .box = {8}, .fill = TensorFill::nan};
    DeviceBuffer<f32> memory_of_tensor(memory, std::vector<f32>(5, 1));
    DeviceBuffer<u32> result(memory, 8);
    launch<LoadsTile<1>>(dim3(1), {make_tensor_map(memory_of_tensor.data(), tensor), {-1}, 0, 32, result.data()}, {},
                         "fill");
    std::vector<u32> const found = result.read();
    for (std::size_t i = 0; i < 8; ++i) {
      f32 const value = std::bit_cast<f32>(found[i]);
      EXPECT_EQ(i >= 1 && i < 6, value == 1) << i;
      EXPECT_EQ(i >= 1 && i < 6, value == value) << i;
    }
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
