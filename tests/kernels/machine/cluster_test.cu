// Blocks of a cluster meet at its barrier, and reach each other's shared memory.
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Each block reads the words of the next block of its cluster, then changes them for it.
template <int size>
struct Ring {
  static constexpr int threads = 64;
  static constexpr int cluster_size = size;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    u32 words[threads];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const thread = static_cast<int>(threadIdx.x), rank = HEDDLE_BACKEND::cluster_rank();
    shared.words[thread] = blockIdx.x * 1000 + threadIdx.x;
    cluster_sync();
    u32* const next = map_shared(shared.words, (rank + 1) % HEDDLE_BACKEND::cluster_size());
    u32 const found = next[thread];
    cluster_arrive();
    u32 const own_rank = static_cast<u32>(rank);
    cluster_wait();
    next[thread] = found + 10000 * (own_rank + 1);
    cluster_sync();
    p.result[blockIdx.x * threads + threadIdx.x] = shared.words[thread];
  }
};

template <int size>
void test_ring() {
  for_each_execution([] {
    EXPECT_EQ(results<Ring<size>>(2 * size), expected(64, 2 * size, [](int t, int block) {
                int const rank = block % size;
                return block * 1000 + t + 10000 * ((rank + size - 1) % size + 1);
              }));
  });
}

TEST_F(Hopper, Clusters) {
  test_ring<1>();
  test_ring<2>();
  test_ring<8>();
}

/// Writes to the shared memory of the next block once that block has begun.
struct Greets {
  static constexpr int threads = 32, cluster_size = 4;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    u32 words[threads];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    cluster_arrive_relaxed();
    cluster_wait();
    int const next = (HEDDLE_BACKEND::cluster_rank() + 1) % HEDDLE_BACKEND::cluster_size();
    map_shared(shared.words, next)[threadIdx.x] = 100 * blockIdx.x + threadIdx.x;
    cluster_sync();
    p.result[blockIdx.x * threads + threadIdx.x] = shared.words[threadIdx.x];
  }
};

TEST_F(Hopper, RelaxedArrival) {
  for_each_execution([] {
    EXPECT_EQ(results<Greets>(8),
              expected(32, 8, [](int thread, int block) { return 100 * (block / 4 * 4 + (block + 3) % 4) + thread; }));
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
