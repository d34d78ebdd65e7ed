// What blocks of a grid, and launches that overlap, see of each other.
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Blocks add their words in the order of their index: each waits for the one before it (a turnstile).
struct Turnstile {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
    u32* turn;   // 1 word, 0
    u32* total;  // [threads], 0
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    if (threadIdx.x == 0)
      while (load_acquire(p.turn) != blockIdx.x) {
      }
    __syncthreads();
    u32 const value = 3 * p.total[threadIdx.x] + blockIdx.x;
    p.total[threadIdx.x] = value;
    p.result[blockIdx.x * threads + threadIdx.x] = value;
    __syncthreads();
    if (threadIdx.x == 0) store_release(p.turn, blockIdx.x + 1);
  }
};

TEST_F(Machine, TurnstileOfBlocks) {
  for_each_execution([] {
    DeviceBuffer<u32> turn(memory, std::vector<u32>{0}), total(memory, std::vector<u32>(32, 0));
    EXPECT_EQ(results<Turnstile>(6, turn.data(), total.data()), expected(32, 6, [](int, int block) {
                int value = 0;
                for (int b = 0; b <= block; ++b) value = 3 * value + b;
                return value;
              }));
  });
}

/// The last block to end adds up what all have left.
struct LastBlock {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
    unsigned* ended;  // 1 word, 0
    u32* partial;     // [blocks, threads]
  };
  struct SharedStorage {
    unsigned before;
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    p.partial[blockIdx.x * threads + threadIdx.x] = threadIdx.x + blockIdx.x;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) shared.before = atomicAdd(p.ended, 1u);
    __syncthreads();
    __threadfence();
    u32 sum = 0;
    if (shared.before == gridDim.x - 1)
      for (u32 block = 0; block < gridDim.x; ++block) sum += p.partial[block * threads + threadIdx.x];
    p.result[blockIdx.x * threads + threadIdx.x] = sum;
  }
};

TEST_F(Machine, LastBlockSeesAll) {
  for_each_execution([] {
    DeviceBuffer<unsigned> ended(memory, std::vector<unsigned>{0});
    DeviceBuffer<u32> partial(memory, 5 * 32);
    std::vector<u32> const found = results<LastBlock>(5, ended.data(), partial.data());
    for (u32 t = 0; t < 32; ++t) {
      u32 sum = 0;
      for (u32 block = 0; block < 5; ++block) sum += found[block * 32 + t];
      EXPECT_EQ(sum, 5 * t + 10);
    }
  });
}

struct Overlapping {
  static constexpr int threads = 32;
  static constexpr bool overlaps_previous = true;
  struct Params {
    u32* result;
    u32* words;  // [threads]
    u32 added;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    grid_dependency_release();
    grid_dependency_wait();
    p.words[threadIdx.x] += p.added;
    p.result[threadIdx.x] = p.words[threadIdx.x];
  }
};

TEST_F(Machine, LaunchesThatOverlapSeeEachOther) {
  DeviceBuffer<u32> words(memory, std::vector<u32>(32, 5));
  for (u32 launches = 1; launches <= 3; ++launches)
    EXPECT_EQ(results<Overlapping>(1, words.data(), launches), std::vector<u32>(32, 5 + launches * (launches + 1) / 2));
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
