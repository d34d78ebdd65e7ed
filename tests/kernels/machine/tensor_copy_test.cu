// Tensor copies: boxes that overhang, strides, every swizzle, columns of pixels, multicast, stores and additions.
#include "tests/kernels/machine/primitive_test.cuh"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

using U16 = unsigned short;

class TensorCopies : public Machine {
 protected:
  void SetUp() override { skip_below(9); }
};

constexpr int box_limit = 32768;  // bytes

struct BoxParams {
  TensorMap map;
  i32 coordinates[5];
  U16 offsets[3];
  u32 bytes;  // of the box
  u32* box;   // [blocks, box_limit / 4]
};

struct BoxStorage {
  alignas(1024) u32 box[box_limit / 4];
  MBarrier barrier;
};

/// Loads the box of a rank, by every block or by the first of the cluster for all, and shows the shared memory.
template <int rank, bool im2col, int size = 1>
struct Load {
  static constexpr int threads = 32, cluster_size = size;
  using Params = BoxParams;
  using SharedStorage = BoxStorage;
  HEDDLE_DEVICE void load(Params const& p, SharedStorage& shared) const {
    i32 coordinates[rank];
    for (int i = 0; i < rank; ++i) coordinates[i] = p.coordinates[i];
    if constexpr (im2col) {
      U16 offsets[rank - 2];
      for (int i = 0; i < rank - 2; ++i) offsets[i] = p.offsets[i];
      if constexpr (size > 1)
        tensor_load_im2col_multicast(shared.box, p.map, coordinates, offsets, shared.barrier, (1u << size) - 1);
      else
        tensor_load_im2col(shared.box, p.map, coordinates, offsets, shared.barrier);
    } else if constexpr (size > 1) {
      tensor_load_multicast(shared.box, p.map, coordinates, shared.barrier, (1u << size) - 1);
    } else {
      tensor_load(shared.box, p.map, coordinates, shared.barrier, CachePolicy::evict_last);
    }
  }
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) {
      tensor_map_prefetch(p.map);
      mbarrier_init(shared.barrier, 1);
      fence_mbarrier_init();
    }
    cluster_sync();
    if (threadIdx.x == 0) {
      mbarrier_arrive_expect(shared.barrier, p.bytes);
      if (cluster_rank() == 0) load(p, shared);
    }
    mbarrier_wait(shared.barrier, 0);
    for (u32 i = threadIdx.x; i < p.bytes / 4; i += threads) p.box[blockIdx.x * (box_limit / 4) + i] = shared.box[i];
    cluster_sync();
  }
};

/// A tensor of 16-bit numbers that differ, in memory with gaps between its rows.
struct Tensor {
  int rank;
  std::vector<i64> sizes, strides;  // strides in elements
  std::vector<U16> values;

  explicit Tensor(std::vector<i64> const& extents) : rank(static_cast<int>(extents.size())), sizes(extents) {
    i64 stride = 1;
    for (int i = 0; i < rank; ++i) {
      strides.push_back(stride);
      stride = round_up(stride * sizes[static_cast<std::size_t>(i)], i64{8}) + (i == 1 ? 8 : 0);
    }
    for (i64 i = 0; i < stride; ++i) values.push_back(static_cast<U16>(31 * i + 7));
  }
  /// Where an element lies; -1 outside.
  i64 index(std::vector<i64> const& position) const {
    i64 index = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (position[i] < 0 || position[i] >= sizes[i]) return -1;
      index += position[i] * strides[i];
    }
    return index;
  }
  U16 at(std::vector<i64> const& position) const {
    i64 const where = index(position);
    return where < 0 ? U16{0} : values[static_cast<std::size_t>(where)];
  }
  template <class Description>
  void describe(Description& description) const {
    description.type = TensorType::u16;
    description.rank = rank;
    for (std::size_t i = 0; i < sizes.size(); ++i) description.sizes[i] = static_cast<u64>(sizes[i]);
    for (std::size_t i = 1; i < sizes.size(); ++i) description.strides_bytes[i - 1] = static_cast<u64>(2 * strides[i]);
  }
};

/// Where byte `offset` of a dense box lies: the number of its 128-byte line is added to that of its 16 bytes, bit by
/// bit.
u32 place(u32 offset, Swizzle swizzle) {
  u32 const bits = swizzle == Swizzle::bytes_128  ? 7
                   : swizzle == Swizzle::bytes_64 ? 3
                   : swizzle == Swizzle::none     ? 0
                                                  : 1;
  return offset ^ (((offset / 128) & bits) * 16);
}

/// The elements of a tile in the order of a dense box: visit(i, position).
template <class Visit>
void for_each_element(TiledTensor const& tile, i32 const* coordinates, Visit visit) {
  u32 const count = box_bytes(tile) / 2;
  for (u32 i = 0; i < count; ++i) {
    std::vector<i64> position;
    u32 left = i;
    for (int d = 0; d < tile.rank; ++d) {
      u32 const extent = box_extent(tile, d);
      position.push_back(coordinates[d] + static_cast<i64>(left % extent) * tile.element_strides[d]);
      left /= extent;
    }
    visit(i, position);
  }
}

std::vector<U16> halves(std::vector<u32> const& words, std::size_t first, std::size_t count) {
  std::vector<U16> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(static_cast<U16>(words[first + i / 2] >> (i % 2 * 16)));
  return result;
}

int draw(u64 seed, u64 index, int low, int high) {
  return low + static_cast<int>(uniform_below(philox(seed, 9, index)[0], static_cast<u32>(high - low + 1)));
}

struct Case {
  Tensor tensor;
  TiledTensor tile;
  BoxParams params = {};
};

/// A tile of a tensor of up to 3 … 40 elements a dimension, at coordinates around it.
Case random_case(int rank, Swizzle swizzle, u64 seed) {
  std::vector<i64> sizes;
  for (int i = 0; i < rank; ++i) sizes.push_back(draw(seed, static_cast<u64>(i), 3, i == 0 ? 40 : 9));
  Case c = {Tensor(sizes), {}};
  c.tensor.describe(c.tile);
  c.tile.swizzle = swizzle;
  c.tile.box[0] = swizzle == Swizzle::none ? 8u * static_cast<u32>(draw(seed, 10, 1, 4)) : swizzle_span(swizzle) / 2;
  for (int i = 1; i < rank; ++i) {
    c.tile.box[i] = static_cast<u32>(draw(seed, 10 + static_cast<u64>(i), 1, rank > 3 ? 3 : 8));
    c.tile.element_strides[i] = seed % 3 == 0 ? static_cast<u32>(draw(seed, 20 + static_cast<u64>(i), 1, 3)) : 1;
  }
  if (rank > 1 && swizzle != Swizzle::none) c.tile.box[1] = 8 * c.tile.element_strides[1];
  for (int i = 0; i < rank; ++i)
    c.params.coordinates[i] =
        draw(seed, 30 + static_cast<u64>(i), -6, static_cast<int>(sizes[static_cast<std::size_t>(i)]));
  c.params.bytes = box_bytes(c.tile);
  return c;
}

template <int rank, int size = 1>
void load_tiles(Swizzle swizzle, u64 seeds) {
  for (u64 seed = 0; seed < seeds; ++seed) {
    Case c = random_case(rank, swizzle, seed);
    DeviceBuffer<U16> values(memory, c.tensor.values);
    c.params.map = make_tensor_map(values.data(), c.tile);
    std::vector<U16> expected(c.params.bytes / 2);
    for_each_element(c.tile, c.params.coordinates, [&](u32 i, std::vector<i64> const& position) {
      expected[place(2 * i, swizzle) / 2] = c.tensor.at(position);
    });
    for_each_execution([&] {
      DeviceBuffer<u32> box(memory, size * box_limit / 4);
      c.params.box = box.data();
      launch<Load<rank, false, size>>(size, c.params, {}, "load_tile");
      std::vector<u32> const found = box.read();
      for (std::size_t block = 0; block < size; ++block)
        EXPECT_EQ(halves(found, block * box_limit / 4, expected.size()), expected) << "seed " << seed;
    });
  }
}

TEST_F(TensorCopies, TilesOfEveryRankAndSwizzle) {
  for (Swizzle const swizzle : {Swizzle::none, Swizzle::bytes_32, Swizzle::bytes_64, Swizzle::bytes_128}) {
    SCOPED_TRACE(static_cast<int>(swizzle));
    if (swizzle == Swizzle::none) load_tiles<1>(swizzle, 12);
    load_tiles<2>(swizzle, 12);
    load_tiles<3>(swizzle, 12);
    load_tiles<4>(swizzle, 12);
    load_tiles<5>(swizzle, 12);
  }
}

TEST_F(TensorCopies, TilesForAllBlocksOfACluster) {
  load_tiles<2, 2>(Swizzle::bytes_128, 4);
  load_tiles<3, 4>(Swizzle::bytes_64, 4);
}

/// Stores a pattern to the tile, or adds it.
template <int rank, bool add>
struct Store {
  static constexpr int threads = 32;
  using Params = BoxParams;
  using SharedStorage = BoxStorage;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    i32 coordinates[rank];
    for (int i = 0; i < rank; ++i) coordinates[i] = p.coordinates[i];
    for (u32 i = threadIdx.x; i < box_limit / 4; i += threads) shared.box[i] = p.box[i];
    fence_proxy_async();
    __syncthreads();
    if (threadIdx.x > 0) return;
    if constexpr (add)
      tensor_reduce_add(p.map, coordinates, shared.box);
    else
      tensor_store(p.map, coordinates, shared.box);
    bulk_commit();
    bulk_wait<0>();
  }
};

template <int rank, bool add>
void store_tiles(Swizzle swizzle, u64 seeds) {
  DeviceBuffer<u32> box(memory, expected(box_limit / 4, 1, [](int i, int) { return 0x3c014000u + 0x00020001u * i; }));
  std::vector<u32> const pattern = box.read();
  for (u64 seed = 0; seed < seeds; ++seed) {
    Case c = random_case(rank, swizzle, seed);
    if (add) c.tile.type = TensorType::bf16;
    c.params.box = box.data();
    std::vector<U16> expected = c.tensor.values;
    for_each_element(c.tile, c.params.coordinates, [&](u32 i, std::vector<i64> const& position) {
      i64 const index = c.tensor.index(position);
      if (index < 0) return;
      U16& element = expected[static_cast<std::size_t>(index)];
      U16 const stored = halves(pattern, place(2 * i, swizzle) / 2 / 2, 2)[place(2 * i, swizzle) / 2 % 2];
      if (add)
        element =
            bf16(static_cast<f32>(std::bit_cast<bf16>(element)) + static_cast<f32>(std::bit_cast<bf16>(stored))).bits;
      else
        element = stored;
    });
    for_each_execution([&] {
      DeviceBuffer<U16> values(memory, c.tensor.values);
      c.params.map = make_tensor_map(values.data(), c.tile);
      launch<Store<rank, add>>(1, c.params, {}, "store_tile");
      EXPECT_EQ(values.read(), expected) << "seed " << seed;
      EXPECT_TRUE(values.guards_intact());
    });
  }
}

TEST_F(TensorCopies, StoresLeaveOutWhatLiesOutside) {
  store_tiles<1, false>(Swizzle::none, 8);
  store_tiles<2, false>(Swizzle::bytes_128, 8);
  store_tiles<3, false>(Swizzle::bytes_64, 8);
  store_tiles<4, false>(Swizzle::bytes_32, 8);
  store_tiles<5, false>(Swizzle::none, 8);
}

TEST_F(TensorCopies, Additions) {
  store_tiles<2, true>(Swizzle::bytes_128, 6);
  store_tiles<3, true>(Swizzle::none, 6);
}

struct Convolution {
  std::vector<i64> sizes;                     // c w h d n
  std::vector<int> filter, stride, dilation;  // w h d
  int padding;
  Swizzle swizzle;
};

/// Every column of the matrix of a convolution, against its definition: row m is output position m, at each filter tap.
template <int rank, int size = 1>
void load_columns(Convolution const& conv) {
  constexpr int spatial = rank - 2;
  Tensor const tensor(conv.sizes);
  DeviceBuffer<U16> values(memory, tensor.values);
  Im2colTensor column;
  tensor.describe(column);
  column.swizzle = conv.swizzle;
  column.channels_per_pixel = conv.swizzle == Swizzle::none ? 8 : swizzle_span(conv.swizzle) / 2;
  column.pixels_per_column = 40;
  std::vector<i64> outputs;
  i64 rows = conv.sizes[rank - 1];
  for (int i = 0; i < spatial; ++i) {
    auto const d = static_cast<std::size_t>(i);
    int const reach = (conv.filter[d] - 1) * conv.dilation[d];
    column.lower_corner[i] = -conv.padding;
    column.upper_corner[i] = conv.padding - reach;
    column.element_strides[i + 1] = static_cast<u32>(conv.stride[d]);
    outputs.push_back((conv.sizes[d + 1] + 2 * conv.padding - reach - 1) / conv.stride[d] + 1);
    rows *= outputs.back();
  }
  BoxParams params = {};
  params.map = make_tensor_map(values.data(), column);
  params.bytes = box_bytes(column);
  /// The base position of row m.
  auto const base = [&](i64 m) {
    std::vector<i64> position = {0};
    for (int i = 0; i < spatial; ++i) {
      auto const d = static_cast<std::size_t>(i);
      position.push_back(-conv.padding + m % outputs[d] * conv.stride[d]);
      m /= outputs[d];
    }
    position.push_back(m);
    return position;
  };
  for (i64 first = 0; first < rows; first += 37) {
    std::vector<i64> taps;
    for (int i = 0; i < spatial; ++i) {
      auto const d = static_cast<std::size_t>(i);
      taps.push_back(first / 37 % conv.filter[d] * conv.dilation[d]);
      params.offsets[i] = static_cast<U16>(taps.back());
    }
    std::vector<i64> const start = base(first);
    for (int i = 0; i < rank; ++i) params.coordinates[i] = static_cast<i32>(start[static_cast<std::size_t>(i)]);
    params.coordinates[0] = static_cast<i32>(first % 2 * 8);
    std::vector<U16> expected(params.bytes / 2);
    for (u32 i = 0; i < expected.size(); ++i) {
      std::vector<i64> position = base(first + i / column.channels_per_pixel);
      position[0] = params.coordinates[0] + i % column.channels_per_pixel;
      for (std::size_t d = 0; d < taps.size(); ++d) position[d + 1] += taps[d];
      expected[place(2 * i, conv.swizzle) / 2] = tensor.at(position);
    }
    for_each_execution([&] {
      DeviceBuffer<u32> box(memory, size * box_limit / 4);
      params.box = box.data();
      launch<Load<rank, true, size>>(size, params, {}, "load_column");
      std::vector<u32> const found = box.read();
      for (std::size_t block = 0; block < size; ++block)
        EXPECT_EQ(halves(found, block * box_limit / 4, expected.size()), expected) << "row " << first;
    });
  }
}

TEST_F(TensorCopies, ColumnsOfConvolutions) {
  load_columns<3>({{20, 31, 3}, {3}, {2}, {2}, 2, Swizzle::none});
  load_columns<4>({{64, 9, 7, 3}, {3, 3}, {1, 1}, {1, 1}, 1, Swizzle::bytes_128});
  load_columns<4>({{24, 11, 10, 2}, {3, 2}, {2, 3}, {2, 1}, 1, Swizzle::bytes_32});
  load_columns<5>({{32, 5, 6, 4, 2}, {3, 3, 2}, {1, 2, 1}, {1, 1, 2}, 1, Swizzle::bytes_64});
}

TEST_F(TensorCopies, ColumnsForAllBlocksOfACluster) {
  load_columns<4, 2>({{64, 9, 7, 2}, {3, 3}, {1, 1}, {1, 1}, 1, Swizzle::bytes_128});
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
