// Bulk copies of contiguous memory: load, multicast, to another block, store, addition; and a ring of three stages.
#include <cstring>

#include "tests/kernels/machine/primitive_test.cuh"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

using heddle::testing::small_integers;

class BulkCopies : public Machine {
 protected:
  void SetUp() override { skip_below(9); }
};

/// Tile after tile from global memory through three stages to global memory: one thread of warp 0 loads, warp 1 adds
/// one and stores.
struct Increment {
  static constexpr int threads = 64, stages = 3, tiles = 11, words = 64;
  struct Params {
    u32 const* from;  // [tiles, words]
    u32* to;          // [tiles, words]
  };
  struct SharedStorage {
    alignas(128) u32 in[stages][words];
    alignas(128) u32 out[2][words];
    MBarrier full[stages], empty[stages];
  };
  HEDDLE_DEVICE void produce(Params const& p, SharedStorage& shared) const {
    for (u32 tile = 0; tile < tiles; ++tile) {
      u32 const stage = tile % stages;
      mbarrier_wait(shared.empty[stage], (tile / stages % 2) ^ 1);
      mbarrier_arrive_expect(shared.full[stage], sizeof shared.in[stage]);
      bulk_load(shared.in[stage], p.from + tile * words, sizeof shared.in[stage], shared.full[stage]);
    }
  }
  HEDDLE_DEVICE void consume(Params const& p, SharedStorage& shared) const {
    u32 const lane = threadIdx.x % 32;
    for (u32 tile = 0; tile < tiles; ++tile) {
      u32 const stage = tile % stages;
      mbarrier_wait(shared.full[stage], tile / stages % 2);
      if (lane == 0) bulk_wait_read<1>();
      __syncwarp();
      for (u32 i = lane; i < words; i += 32) shared.out[tile % 2][i] = shared.in[stage][i] + 1;
      mbarrier_arrive(shared.empty[stage]);
      fence_proxy_async();
      __syncwarp();
      if (lane == 0) {
        bulk_store(p.to + tile * words, shared.out[tile % 2], sizeof shared.out[0], CachePolicy::evict_first);
        bulk_commit();
      }
    }
    if (lane == 0) bulk_wait<0>();
  }
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) {
      for (int stage = 0; stage < stages; ++stage) {
        mbarrier_init(shared.full[stage], 1);
        mbarrier_init(shared.empty[stage], 32);
      }
      fence_mbarrier_init();
    }
    __syncthreads();
    if (threadIdx.x == 0) produce(p, shared);
    if (threadIdx.x >= 32) consume(p, shared);
  }
};

TEST_F(BulkCopies, RingOfThreeStages) {
  int const count = Increment::tiles * Increment::words;
  DeviceBuffer<u32> from(memory, expected(count, 1, [](int i, int) { return 17 * i; }));
  for_each_execution([&] {
    DeviceBuffer<u32> to(memory, count);
    launch<Increment>(1, {from.data(), to.data()}, {}, "increment");
    EXPECT_EQ(to.read(), expected(count, 1, [](int i, int) { return 17 * i + 1; }));
    EXPECT_TRUE(to.guards_intact());
  });
}

/// Block 0 of each cluster sends half of the words to all, and every block the other half to the next.
template <int size>
struct Distribute {
  static constexpr int threads = 32, cluster_size = size;
  struct Params {
    u32* result;
    u32 const* from;  // [blocks, threads]
  };
  struct SharedStorage {
    alignas(16) u32 all[threads];
    alignas(16) u32 own[threads];
    alignas(16) u32 received[threads];
    MBarrier barrier;
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const rank = cluster_rank();
    shared.own[threadIdx.x] = 7 * blockIdx.x + threadIdx.x;
    if (threadIdx.x == 0) {
      mbarrier_init(shared.barrier, 1);
      fence_mbarrier_init();
    }
    fence_proxy_async();
    cluster_sync();
    if (threadIdx.x == 0) {
      mbarrier_arrive_expect(shared.barrier, 2 * sizeof shared.all);
      if (rank == 0)
        bulk_load_multicast(shared.all, p.from + blockIdx.x * threads, sizeof shared.all, shared.barrier,
                            (1u << size) - 1);
      bulk_send(shared.received, shared.own, sizeof shared.own, shared.barrier, (rank + 1) % size);
    }
    mbarrier_wait(shared.barrier, 0);
    p.result[blockIdx.x * threads + threadIdx.x] = 1000 * shared.all[threadIdx.x] + shared.received[threadIdx.x];
    cluster_sync();
  }
};

template <int size>
void distribute_in_clusters() {
  DeviceBuffer<u32> from(memory, expected(32, 2 * size, [](int t, int b) { return 3 * t + b; }));
  for_each_execution([&] {
    EXPECT_EQ(results<Distribute<size>>(2 * size, static_cast<u32 const*>(from.data())),
              expected(32, 2 * size, [](int t, int b) {
                int const first = b / size * size, sender = first + (b - first + size - 1) % size;
                return 1000 * (3 * t + first) + 7 * sender + t;
              }));
  });
}

TEST_F(BulkCopies, MulticastAndSend) {
  distribute_in_clusters<2>();
  distribute_in_clusters<4>();
}

template <class T>
struct Accumulate {
  static constexpr int threads = 32, elements = 64;
  struct Params {
    T const* from;  // [blocks, elements]
    T* sums;        // [elements]
  };
  struct SharedStorage {
    alignas(16) T values[elements];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    for (u32 i = threadIdx.x; i < elements; i += threads) shared.values[i] = p.from[blockIdx.x * elements + i];
    fence_proxy_async();
    __syncthreads();
    if (threadIdx.x == 0) {
      bulk_reduce_add(p.sums, shared.values, sizeof shared.values);
      bulk_commit();
      bulk_wait<0>();
    }
  }
};

/// Small integers, whose sums are exact in any order.
template <class T>
void add_in_blocks() {
  constexpr int blocks = 5, elements = 64;
  std::vector<T> const values = small_integers<T>(blocks * elements, 3), start = small_integers<T>(elements, 4);
  DeviceBuffer<T> from(memory, values);
  for_each_execution([&] {
    DeviceBuffer<T> sums(memory, start);
    launch<Accumulate<T>>(blocks, {from.data(), sums.data()}, {}, "accumulate");
    std::vector<T> const found = sums.read();
    for (std::size_t i = 0; i < elements; ++i) {
      f32 sum = static_cast<f32>(start[i]);
      for (std::size_t block = 0; block < blocks; ++block) sum += static_cast<f32>(values[block * elements + i]);
      EXPECT_EQ(static_cast<f32>(found[i]), sum) << i;
    }
    EXPECT_TRUE(sums.guards_intact());
  });
}

TEST_F(BulkCopies, Additions) {
  add_in_blocks<f32>();
  add_in_blocks<f16>();
  add_in_blocks<bf16>();
  add_in_blocks<i32>();
}

TEST_F(BulkCopies, AdditionFlushesSubnormals) {
  std::vector<f32> values(64, 0x1p-130f), start(64, 0x1p-126f);
  start[1] = 0x1p-127f;
  values[2] = -0x1.8p-126f;
  DeviceBuffer<f32> from(memory, values), sums(memory, start);
  launch<Accumulate<f32>>(1, {from.data(), sums.data()}, {}, "accumulate");
  std::vector<f32> const found = sums.read();
  EXPECT_EQ(found[0], 0x1p-126f);
  EXPECT_EQ(found[1], 0.0f);
  EXPECT_EQ(found[2], 0.0f);
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
