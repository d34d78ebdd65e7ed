// Barriers in shared memory: who waits for a phase finds what those who arrived have left.
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Thread 0 makes a barrier that all threads of the block may use after it.
HEDDLE_DEVICE void make_barrier(MBarrier& barrier, u32 count) {
  if (threadIdx.x == 0) mbarrier_init(barrier, count);
  __syncthreads();
}

/// Each phase, every thread writes a word and reads that of another; odd threads arrive twice.
template <bool polls>
struct Phases {
  static constexpr int threads = 96;
  static constexpr u32 phases = 5;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    MBarrier written, read;
    u32 words[threads];
  };
  HEDDLE_DEVICE static void wait(MBarrier& barrier, u32 parity) {
    if constexpr (polls)
      while (!mbarrier_test_wait(barrier, parity) && !mbarrier_try_wait(barrier, parity) &&
             !mbarrier_try_wait(barrier, parity, 1000)) {
      }
    else
      mbarrier_wait(barrier, parity);
  }
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    make_barrier(shared.written, threads * 3 / 2);
    make_barrier(shared.read, threads);
    u32 sum = 0;
    for (u32 phase = 0; phase < phases; ++phase) {
      wait(shared.read, (phase + 1) % 2);
      shared.words[threadIdx.x] = (phase + 1) * threadIdx.x;
      mbarrier_arrive(shared.written, 1 + threadIdx.x % 2);
      wait(shared.written, phase % 2);
      sum += shared.words[threads - 1 - threadIdx.x];
      mbarrier_arrive(shared.read);
    }
    p.result[threadIdx.x] = sum;
  }
};

TEST_F(Machine, MBarrierPhases) {
  for_each_execution([] {
    auto const sums = expected(96, 1, [](int t, int) { return 15 * (95 - t); });
    EXPECT_EQ(results<Phases<false>>(1), sums);
    EXPECT_EQ(results<Phases<true>>(1), sums);
  });
}

/// What test_wait says of a barrier before and after each of its first phases, as bits.
struct Parities {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    MBarrier barrier;
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    make_barrier(shared.barrier, 2);
    u32 found = 0;
    if (threadIdx.x == 0)
      for (int arrivals = 0; arrivals < 7; ++arrivals) {
        for (u32 parity = 0; parity < 2; ++parity)
          found |= static_cast<u32>(mbarrier_test_wait(shared.barrier, parity))
                   << (2 * arrivals + static_cast<int>(parity));
        mbarrier_arrive(shared.barrier);
      }
    __syncthreads();
    if (threadIdx.x == 0) {
      mbarrier_invalidate(shared.barrier);
      mbarrier_init(shared.barrier, 1);
      found |= static_cast<u32>(mbarrier_test_wait(shared.barrier, 1)) << 14;
    }
    p.result[threadIdx.x] = found;
  }
};

TEST_F(Machine, MBarrierParities) {
  for_each_execution([] {
    u32 bits = 1u << 14;
    for (int arrivals = 0; arrivals < 7; ++arrivals) bits |= (arrivals / 2 % 2 == 0 ? 2u : 1u) << (2 * arrivals);
    EXPECT_EQ(results<Parities>(1), expected(32, 1, [&](int t, int) { return t == 0 ? bits : 0; }));
  });
}

/// Two warps write rows into a ring of stages, two others read them.
struct RingOfStages {
  static constexpr int threads = 128;
  static constexpr int stages = 3, rows = 11, half = threads / 2;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    MBarrier full[stages], empty[stages];
    u32 words[stages][half];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    for (int stage = 0; stage < stages; ++stage) {
      make_barrier(shared.full[stage], half);
      make_barrier(shared.empty[stage], half);
    }
    int const thread = static_cast<int>(threadIdx.x);
    u32 sum = 0, parity = 0;
    for (int row = 0, stage = 0; row < rows; ++row) {
      if (thread < half) {
        mbarrier_wait(shared.empty[stage], parity ^ 1);
        shared.words[stage][thread] = static_cast<u32>((row + 1) * thread);
        mbarrier_arrive(shared.full[stage]);
      } else {
        mbarrier_wait(shared.full[stage], parity);
        sum = 3 * sum + shared.words[stage][threads - 1 - thread];
        mbarrier_arrive(shared.empty[stage]);
      }
      if (++stage == stages) stage = 0, parity ^= 1;
    }
    p.result[thread] = sum;
  }
};

TEST_F(Machine, MBarrierRing) {
  for_each_execution([] {
    EXPECT_EQ(results<RingOfStages>(1), expected(128, 1, [](int t, int) {
                u32 sum = 0;
                for (u32 row = 1; row <= 11; ++row) sum = 3 * sum + row * static_cast<u32>(127 - t);
                return t < 64 ? 0 : sum;
              }));
  });
}

/// Of 64 threads that take part in the first phase, half leave; the others alone complete two more.
struct Leavers {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    MBarrier barrier;
    u32 words[threads];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    make_barrier(shared.barrier, threads);
    shared.words[threadIdx.x] = threadIdx.x;
    u32 found = 0;
    if (threadIdx.x % 2 == 1) {
      mbarrier_arrive_drop(shared.barrier);
    } else {
      for (u32 phase = 0; phase < 3; ++phase) {
        mbarrier_arrive(shared.barrier);
        mbarrier_wait(shared.barrier, phase % 2);
        found += shared.words[63 - threadIdx.x];
      }
    }
    p.result[threadIdx.x] = found;
  }
};

TEST_F(Machine, MBarrierArriveAndDrop) {
  for_each_execution([] {
    EXPECT_EQ(results<Leavers>(1), expected(64, 1, [](int t, int) { return t % 2 == 1 ? 0 : 3 * (63 - t); }));
  });
}

/// Rows copied by cp.async, which arrive by themselves. With `noinc` the count includes them.
template <bool noinc>
struct CopiesArrive {
  static constexpr int threads = 64;
  static constexpr int rows = 4;
  struct Params {
    u32* result;
    u32 const* from;  // [rows, threads]
  };
  struct SharedStorage {
    MBarrier barrier;
    u32 words[threads];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    make_barrier(shared.barrier, threads);
    u32 sum = 0;
    for (int row = 0; row < rows; ++row) {
      cp_async<4>(&shared.words[threadIdx.x], p.from + row * threads + static_cast<int>(threadIdx.x));
      if constexpr (noinc) {
        cp_async_mbarrier_arrive_noinc(shared.barrier);
      } else {
        cp_async_mbarrier_arrive(shared.barrier);
        mbarrier_arrive(shared.barrier);
      }
      mbarrier_wait(shared.barrier, static_cast<u32>(row) % 2);
      sum = 5 * sum + shared.words[63 - threadIdx.x];
      __syncthreads();
    }
    p.result[threadIdx.x] = sum;
  }
};

TEST_F(Machine, MBarrierOfCopies) {
  DeviceBuffer<u32> from(memory, expected(64, 4, [](int t, int row) { return (7 * t + 1) * (row + 1); }));
  auto const sums = expected(64, 1, [](int t, int) {
    u32 sum = 0;
    for (u32 row = 1; row <= 4; ++row) sum = 5 * sum + static_cast<u32>(7 * (63 - t) + 1) * row;
    return sum;
  });
  for_each_execution([&] {
    EXPECT_EQ(results<CopiesArrive<true>>(1, static_cast<u32 const*>(from.data())), sums);
    EXPECT_EQ(results<CopiesArrive<false>>(1, static_cast<u32 const*>(from.data())), sums);
  });
}

/// The blocks of a pair write into each other's memory and arrive there, round after round.
struct Pairs {
  static constexpr int threads = 64;
  static constexpr int cluster_size = 2;
  static constexpr u32 rounds = 3;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    MBarrier full, empty;
    u32 words[threads];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const other = 1 - HEDDLE_BACKEND::cluster_rank();
    make_barrier(shared.full, threads + 1);
    make_barrier(shared.empty, threads / 2);
    fence_mbarrier_init();
    cluster_sync();
    u32* const there = map_shared(shared.words, other);
    u32 sum = 0;
    for (u32 round = 0; round < rounds; ++round) {
      mbarrier_wait_cluster(shared.empty, (round + 1) % 2);
      there[threadIdx.x] = (blockIdx.x + 1) * threadIdx.x + round;
      mbarrier_arrive_remote(shared.full, other);
      if (threadIdx.x == 0) mbarrier_arrive_expect_remote(shared.full, other, 0);
      mbarrier_wait_cluster(shared.full, round % 2);
      sum = 3 * sum + shared.words[63 - threadIdx.x];
      __syncwarp();
      if (threadIdx.x % 4 == 0) mbarrier_arrive_remote(shared.empty, other, 2);
    }
    cluster_sync();
    p.result[blockIdx.x * threads + threadIdx.x] = sum;
  }
};

TEST_F(Hopper, MBarriersOfAPair) {
  for_each_execution([] {
    EXPECT_EQ(results<Pairs>(4), expected(64, 4, [](int t, int block) {
                u32 sum = 0;
                for (u32 round = 0; round < 3; ++round)
                  sum = 3 * sum + static_cast<u32>(((block ^ 1) + 1) * (63 - t)) + round;
                return sum;
              }));
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
