// What the tests of tensor copies share: random tensors, and boxes cut from them element by element.
#pragma once

#include "kernels/core/math.h"
#include "kernels/core/philox.h"
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {

inline constexpr u32 max_box_bytes = 16 * 1024;

/// Room for a box at any multiple of 128 bytes within a period of the swizzle.
struct BoxStorage {
  alignas(1024) u32 words[(max_box_bytes + 1024) / 4];
  MBarrier barrier;

  HEDDLE_DEVICE char* at(u32 offset) { return reinterpret_cast<char*>(words) + offset; }
};

/// Thread 0 makes a barrier of one arrival that copies may use after it.
HEDDLE_DEVICE inline void make_barrier_of_copies(MBarrier& barrier) {
  if (threadIdx.x == 0) {
    mbarrier_init(barrier, 1);
    fence_mbarrier_init();
  }
  __syncthreads();
}

/// Draws of one test.
class Draws {
 public:
  explicit Draws(u64 seed) : seed_(seed) {}
  /// From first to last.
  int between(int first, int last) {
    return first + static_cast<int>(uniform_below(philox(seed_, 0, count_++)[0], static_cast<u32>(last - first + 1)));
  }
  std::vector<u8> bytes(std::size_t count) {
    std::vector<u8> values(count);
    for (u8& value : values) value = static_cast<u8>(between(0, 255));
    return values;
  }

 private:
  u64 seed_, count_ = 0;
};

/// Sizes below 12 and rows with padding between them; the bytes of the tensor.
template <class Tensor>
std::size_t draw_memory(Tensor& tensor, Draws& draws) {
  u64 stride = 0;
  for (int i = 0; i < tensor.rank; ++i) {
    tensor.sizes[i] = static_cast<u64>(i == 0 ? draws.between(1, 150) : draws.between(1, 11));
    if (i > 0) tensor.strides_bytes[i - 1] = stride;
    stride = i == 0 ? round_up(tensor.sizes[0] * element_bytes(tensor.type), u64{16}) + 16 : stride * tensor.sizes[i];
  }
  return stride;
}

/// A tile of at most max_box_bytes with a row of the swizzle's span, of every first to third element.
inline TiledTensor draw_tile(TensorType type, int rank, Swizzle swizzle, Draws& draws) {
  TiledTensor tensor = {.type = type, .rank = rank, .swizzle = swizzle};
  u32 const row = swizzle == Swizzle::none ? 16 * static_cast<u32>(draws.between(1, 6)) : swizzle_span(swizzle);
  tensor.box[0] = row / element_bytes(type);
  for (int i = 1; i < rank; ++i) {
    tensor.box[i] = static_cast<u32>(draws.between(1, rank == 5 ? 3 : 5));
    tensor.element_strides[i] = static_cast<u32>(draws.between(1, 3));
  }
  return tensor;
}

/// Coordinates from before the tensor to behind it.
template <int rank>
void draw_coordinates(i32 (&coordinates)[rank], TiledTensor const& tensor, Draws& draws) {
  for (int i = 0; i < rank; ++i)
    coordinates[i] = draws.between(-static_cast<int>(tensor.box[i]), static_cast<int>(tensor.sizes[i]) + 1);
}

/// Where the elements of a box are in memory, in the order of the box; -1 outside of the tensor.
using Sources = std::vector<i64>;

/// The offset of an element at a position; -1 outside of the tensor.
template <class Tensor>
i64 source_at(Tensor const& tensor, i64 const* position) {
  i64 offset = position[0] * element_bytes(tensor.type);
  for (int i = 0; i < tensor.rank; ++i) {
    if (position[i] < 0 || position[i] >= static_cast<i64>(tensor.sizes[i])) return -1;
    if (i > 0) offset += position[i] * static_cast<i64>(tensor.strides_bytes[i - 1]);
  }
  return offset;
}

inline Sources sources_of(TiledTensor const& tensor, i32 const* coordinates) {
  Sources sources;
  u32 const count = box_bytes(tensor) / element_bytes(tensor.type);
  for (u32 element = 0; element < count; ++element) {
    i64 position[max_tensor_rank] = {};
    for (u32 i = 0, rest = element; static_cast<int>(i) < tensor.rank; ++i) {
      u32 const extent = box_extent(tensor, static_cast<int>(i));
      position[i] = coordinates[i] + i64{rest % extent} * tensor.element_strides[i];
      rest /= extent;
    }
    sources.push_back(source_at(tensor, position));
  }
  return sources;
}

/// Where a byte of a box lies in shared memory: the number of its 128-byte line is added to that of its 16 bytes, bit
/// by bit.
inline u32 place(u32 offset, Swizzle swizzle) {
  u32 const bits = swizzle == Swizzle::bytes_128  ? 7
                   : swizzle == Swizzle::bytes_64 ? 3
                   : swizzle == Swizzle::bytes_32 ? 1
                                                  : 0;
  return offset ^ (((offset / 128) & bits) * 16);
}

/// visit(offset of a byte of the box in shared memory, in the tensor's memory or -1) for a box `shift` bytes after the
/// start of shared memory.
template <class Tensor, class Visit>
void for_each_byte(Tensor const& tensor, Sources const& sources, u32 shift, Visit visit) {
  u32 const element = element_bytes(tensor.type);
  for (std::size_t i = 0; i < sources.size(); ++i)
    for (u32 byte = 0; byte < element; ++byte)
      visit(place(shift + static_cast<u32>(i) * element + byte, tensor.swizzle),
            sources[i] < 0 ? -1 : sources[i] + byte);
}

/// Expects the box in what was found in shared memory.
template <class Tensor>
void expect_box(std::vector<u32> const& words, Tensor const& tensor, Sources const& sources,
                std::vector<u8> const& memory_of_tensor, u32 shift) {
  auto const* const found = reinterpret_cast<u8 const*>(words.data());
  u32 wrong = 0;
  for_each_byte(tensor, sources, shift, [&](u32 offset, i64 source) {
    wrong += found[offset] != (source < 0 ? 0 : memory_of_tensor[static_cast<std::size_t>(source)]);
  });
  EXPECT_EQ(wrong, 0u) << "bytes of " << box_bytes(tensor) << ", rank " << tensor.rank << ", swizzle "
                       << static_cast<int>(tensor.swizzle) << ", shift " << shift;
}

inline constexpr Swizzle swizzles[] = {Swizzle::none, Swizzle::bytes_32, Swizzle::bytes_64, Swizzle::bytes_128};

}  // namespace heddle::HEDDLE_BACKEND
