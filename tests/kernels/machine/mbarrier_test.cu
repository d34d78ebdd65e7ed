// Barriers in shared memory: phases, bytes, arrivals from other blocks, copies that arrive.
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

class Barriers : public Machine {
 protected:
  void SetUp() override { skip_below(9); }
};

/// Two warps write, two read, through two stages: "full" and "empty" barriers, each of which takes 64 arrivals.
struct Ring {
  static constexpr int threads = 128;
  static constexpr u32 stages = 2, rounds = 9, half = 64;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    u32 words[stages][half];
    MBarrier full[stages], empty[stages];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x < stages) {
      mbarrier_init(shared.full[threadIdx.x], half);
      mbarrier_init(shared.empty[threadIdx.x], half);
    }
    __syncthreads();
    u32 const lane = threadIdx.x % half;
    u32 sum = 0;
    for (u32 round = 0; round < rounds; ++round) {
      u32 const stage = round % stages, parity = round / stages % 2;
      if (threadIdx.x < half) {
        mbarrier_wait(shared.empty[stage], parity ^ 1);
        shared.words[stage][lane] = lane + 1000 * round;
        mbarrier_arrive(shared.full[stage]);
      } else {
        while (!mbarrier_try_wait(shared.full[stage], parity)) {
        }
        sum = 3 * sum + shared.words[stage][half - 1 - lane];
        mbarrier_arrive(shared.empty[stage]);
      }
    }
    p.result[blockIdx.x * threads + threadIdx.x] = sum;
  }
};

TEST_F(Barriers, RingOfTwoStages) {
  for_each_execution([] {
    EXPECT_EQ(results<Ring>(2), expected(128, 2, [](int t, int) {
                u32 sum = 0;
                for (u32 round = 0; t >= 64 && round < 9; ++round)
                  sum = 3 * sum + static_cast<u32>(127 - t) + 1000 * round;
                return sum;
              }));
  });
}

/// Each block arrives at the barrier of every block of the cluster, after it has written there.
template <int size>
struct Exchange {
  static constexpr int threads = 32, cluster_size = size;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    u32 words[size];
    MBarrier barrier;
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const rank = cluster_rank(), thread = static_cast<int>(threadIdx.x);
    if (thread == 0) {
      mbarrier_init(shared.barrier, size);
      fence_mbarrier_init();
    }
    cluster_sync();
    if (thread < size) {
      *map_shared(&shared.words[rank], thread) = static_cast<u32>(100 * rank + thread);
      mbarrier_arrive_remote(shared.barrier, thread);
    }
    mbarrier_wait_cluster(shared.barrier, 0);
    p.result[blockIdx.x * threads + threadIdx.x] = shared.words[thread % size];
    cluster_sync();
  }
};

template <int size>
void exchange_in_clusters() {
  for_each_execution([] {
    EXPECT_EQ(results<Exchange<size>>(2 * size),
              expected(32, 2 * size, [](int t, int b) { return 100 * (t % size) + b % size; }));
  });
}

TEST_F(Barriers, ArrivalsFromOtherBlocks) {
  exchange_in_clusters<2>();
  exchange_in_clusters<4>();
}

/// Arrivals in groups, one thread that drops out, and what test_wait says in each phase.
struct Counts {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    MBarrier barrier;
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) {
      u32 seen = 0;
      auto const look = [&] {
        seen = seen << 2 | static_cast<u32>(mbarrier_test_wait(shared.barrier, 0)) << 1 |
               static_cast<u32>(mbarrier_test_wait(shared.barrier, 1));
      };
      mbarrier_init(shared.barrier, 3);
      look();  // 01: only the phase before the first
      mbarrier_arrive(shared.barrier, 2);
      look();  // 01
      mbarrier_arrive_drop(shared.barrier);
      look();  // 10: the first
      mbarrier_arrive(shared.barrier, 2);
      look();  // 01: the second, which took two
      mbarrier_invalidate(shared.barrier);
      mbarrier_init(shared.barrier, 1);
      look();  // 01
      p.result[0] = seen;
    }
  }
};

TEST_F(Barriers, CountsAndDropping) {
  for_each_execution([] { EXPECT_EQ(results<Counts>(1)[0], 0b01'01'10'01'01u); });
}

/// cp.async whose end arrives at a barrier, once counted in and once not.
template <bool counted>
struct Copies {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
    u32 const* from;  // [threads]
  };
  struct SharedStorage {
    u32 words[threads];
    MBarrier barrier;
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) mbarrier_init(shared.barrier, threads);
    __syncthreads();
    cp_async<4>(&shared.words[threadIdx.x], p.from + threadIdx.x);
    if constexpr (counted) {
      cp_async_mbarrier_arrive_noinc(shared.barrier);
    } else {
      cp_async_mbarrier_arrive(shared.barrier);
      mbarrier_arrive(shared.barrier);
    }
    mbarrier_wait(shared.barrier, 0);
    p.result[threadIdx.x] = shared.words[threads - 1 - threadIdx.x];
  }
};

TEST_F(Barriers, CopiesThatArrive) {
  DeviceBuffer<u32> from(memory, expected(64, 1, [](int t, int) { return 11 * t + 5; }));
  auto const reversed = expected(64, 1, [](int t, int) { return 11 * (63 - t) + 5; });
  for_each_execution([&] {
    EXPECT_EQ(results<Copies<true>>(1, static_cast<u32 const*>(from.data())), reversed);
    EXPECT_EQ(results<Copies<false>>(1, static_cast<u32 const*>(from.data())), reversed);
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
