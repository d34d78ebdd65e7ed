// Stores into the shared memory of another block, which count themselves at its barrier.
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Each thread stores values of three sizes into the other block of its pair, counted by one barrier.
struct Letters {
  static constexpr int threads = 64;
  static constexpr int cluster_size = 2;
  struct alignas(16) Four {
    u32 words[4];
  };
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    Four fours[threads];
    u64 twos[threads];
    u32 ones[threads];
    MBarrier barrier;
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const other = 1 - HEDDLE_BACKEND::cluster_rank();
    u32 const t = threadIdx.x, base = 1000 * blockIdx.x;
    if (t == 0) {
      mbarrier_init(shared.barrier, 1);
      mbarrier_arrive_expect(shared.barrier, threads * (16 + 8 + 4));
      fence_mbarrier_init();
    }
    cluster_sync();
    store_async(&shared.fours[t], Four{{base + t, 2 * t, 3 * t, 5 * t}}, shared.barrier, other);
    store_async(&shared.twos[t], u64{t} << 32 | base, shared.barrier, other);
    store_async(&shared.ones[t], 7 * t, shared.barrier, other);
    mbarrier_wait_cluster(shared.barrier, 0);
    Four const& four = shared.fours[threads - 1 - t];
    u64 const two = shared.twos[threads - 1 - t];
    p.result[blockIdx.x * threads + t] = four.words[0] + four.words[1] + four.words[2] + four.words[3] +
                                         static_cast<u32>(two >> 32) + static_cast<u32>(two) +
                                         shared.ones[threads - 1 - t];
    cluster_sync();
  }
};

TEST_F(Hopper, StoresThatCountThemselves) {
  for_each_execution([] {
    EXPECT_EQ(results<Letters>(4),
              expected(64, 4, [](int t, int block) { return 2000 * (block ^ 1) + 19 * (63 - t); }));
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
