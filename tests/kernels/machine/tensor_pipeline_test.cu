// Tensor copies at work: a ring of stages between warps, and boxes shared by the blocks of a cluster.
#include "tests/kernels/machine/tensor_copy_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

constexpr u32 tile_words = 32 * 8;

/// Tiles of 8 rows of 32 words that lie below each other, the last one partly beyond the tensor.
struct Column {
  int tiles;
  TiledTensor tensor;
  std::vector<u32> words;
  DeviceBuffer<u32> memory_of_tensor;

  Column(int count, u32 rows_of_box)
      : tiles(count),
        tensor({.type = TensorType::u32,
                .rank = 2,
                .sizes = {32, static_cast<u64>(count) * 8 - 3},
                .strides_bytes = {128},
                .box = {32, rows_of_box},
                .swizzle = Swizzle::bytes_128}),
        words(random_words(tensor.sizes[1] * 32)),
        memory_of_tensor(memory, words) {}

  TensorMap map() { return make_tensor_map(memory_of_tensor.data(), tensor); }
  u32 at(int tile, u32 word) const {
    std::size_t const index = static_cast<std::size_t>(tile) * tile_words + word;
    return index < words.size() ? words[index] : 0;
  }

 private:
  static std::vector<u32> random_words(std::size_t count) {
    std::vector<u32> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = philox(3, 0, i)[0];
    return values;
  }
};

/// One warp loads, three sum up what has come: word t of a tile, t + 96, … times the number of the tile. Each block of
/// a cluster loads its part of the rows of a tile for all of them.
template <int size>
struct Ring {
  static constexpr int consumers = 96, threads = 32 + consumers, stages = 3, cluster_size = size;
  static constexpr int part_rows = 8 / size;
  struct Params {
    TensorMap map;
    int tiles;
    u32* result;
  };
  struct SharedStorage {
    alignas(1024) u32 tiles[stages][tile_words];
    MBarrier full[stages], empty[stages];
  };
  HEDDLE_DEVICE static void produce(Params const& p, SharedStorage& shared) {
    int const rank = cluster_rank();
    for (int tile = 0; tile < p.tiles; ++tile) {
      int const stage = tile % stages;
      mbarrier_wait_cluster(shared.empty[stage], static_cast<u32>(tile / stages + 1) % 2);
      mbarrier_arrive_expect(shared.full[stage], sizeof shared.tiles[stage]);
      u32* const part = shared.tiles[stage] + rank * part_rows * 32;
      i32 const first_row = 8 * tile + rank * part_rows;
      tensor_load_multicast(part, p.map, {0, first_row}, shared.full[stage], (1u << size) - 1);
    }
  }
  HEDDLE_DEVICE static u32 consume(Params const& p, SharedStorage& shared, u32 thread) {
    u32 sum = 0;
    for (int tile = 0; tile < p.tiles; ++tile) {
      int const stage = tile % stages;
      mbarrier_wait(shared.full[stage], static_cast<u32>(tile / stages) % 2);
      for (u32 word = thread; word < tile_words; word += consumers)
        sum += static_cast<u32>(tile + 1) * shared.tiles[stage][swizzled(word * 4, Swizzle::bytes_128) / 4];
      for (int rank = 0; rank < size; ++rank) mbarrier_arrive_remote(shared.empty[stage], rank);
    }
    return sum;
  }
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) {
      for (int stage = 0; stage < stages; ++stage) {
        mbarrier_init(shared.full[stage], 1);
        mbarrier_init(shared.empty[stage], size * consumers);
      }
      fence_mbarrier_init();
    }
    cluster_sync();
    if (threadIdx.x >= consumers) {
      if (elect_one()) produce(p, shared);
    } else {
      p.result[blockIdx.x * consumers + threadIdx.x] = consume(p, shared, threadIdx.x);
    }
    cluster_sync();
  }
};

template <int size>
void test_ring() {
  constexpr int consumers = Ring<size>::consumers;
  for (int const tiles : {1, 3, 11}) {
    Column column(tiles, Ring<size>::part_rows);
    DeviceBuffer<u32> result(memory, size * consumers);
    launch<Ring<size>>(dim3(size), {column.map(), tiles, result.data()}, {}, "ring");
    EXPECT_EQ(result.read(), expected(consumers, size, [&](int thread, int) {
                u32 sum = 0;
                for (int tile = 0; tile < tiles; ++tile)
                  for (u32 word = static_cast<u32>(thread); word < tile_words; word += consumers)
                    sum += static_cast<u32>(tile + 1) * column.at(tile, word);
                return sum;
              }));
  }
}

TEST_F(Hopper, RingOfStages) {
  for_each_execution([] {
    test_ring<1>();
    test_ring<2>();
    test_ring<4>();
  });
}

/// The block of each rank of a cluster loads the tile of its number to the blocks of its mask, each of which expects
/// the tiles that it will receive. The result of a block: the tiles of its cluster, zeros for those not received.
template <int size>
struct Multicast {
  static constexpr int threads = 64, cluster_size = size;
  struct Params {
    TensorMap map;
    u32 masks[size];
    u32* result;
  };
  struct SharedStorage {
    alignas(1024) u32 tiles[size][tile_words];
    MBarrier barrier;
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const rank = cluster_rank();
    if (threadIdx.x == 0) {
      mbarrier_init(shared.barrier, 1);
      fence_mbarrier_init();
      u32 bytes = 0;
      for (u32 const mask : p.masks) bytes += (mask >> rank & 1) * tile_words * 4;
      mbarrier_arrive_expect(shared.barrier, bytes);
    }
    cluster_sync();
    int const tile = static_cast<int>(blockIdx.x);
    if (threadIdx.x == 0 && p.masks[rank] != 0)
      tensor_load_multicast(shared.tiles[rank], p.map, {0, 8 * tile}, shared.barrier, p.masks[rank]);
    mbarrier_wait(shared.barrier, 0);
    for (int from = 0; from < size; ++from)
      for (u32 word = threadIdx.x; word < tile_words; word += threads)
        p.result[(blockIdx.x * size + static_cast<u32>(from)) * tile_words + word] =
            (p.masks[from] >> rank & 1) == 0 ? 0 : shared.tiles[from][swizzled(word * 4, Swizzle::bytes_128) / 4];
    cluster_sync();
  }
};

template <int size>
void test_multicast(u32 const (&masks)[size]) {
  constexpr int blocks = 2 * size;
  Column column(blocks, 8);
  DeviceBuffer<u32> result(memory, blocks * size * tile_words);
  typename Multicast<size>::Params params = {column.map(), {}, result.data()};
  std::copy_n(masks, size, params.masks);
  launch<Multicast<size>>(dim3(blocks), params, {}, "multicast");
  EXPECT_EQ(result.read(), expected(size * tile_words, blocks, [&](int index, int block) {
              int const from = index / static_cast<int>(tile_words);
              bool const received = (masks[from] >> block % size & 1) != 0;
              return received ? column.at(block / size * size + from, static_cast<u32>(index) % tile_words) : 0;
            }));
}

TEST_F(Hopper, Multicast) {
  for_each_execution([] {
    test_multicast<2>({0b11, 0b11});
    test_multicast<2>({0b10, 0b01});
    test_multicast<4>({0b1111, 0b1010, 0b0001, 0b0000});
    test_multicast<4>({0b1111, 0b1111, 0b1111, 0b1111});
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
