// Mistakes that kernels with asynchronous copies have really been published with, each beside its correction: the
// access checker or the emulator finds every one, in every order of threads and completions.
#include "tests/kernels/machine/access_fault.h"

namespace heddle::emulated {
namespace {

struct Staged {
  alignas(128) int tile[64];
  alignas(128) int out[64];
  MBarrier full, empty;
  int scale;
};

using Global = int*;

/// Thread 0 makes the barriers; all know them.
void make_barriers(Staged& shared, u32 full, u32 empty) {
  if (threadIdx.x == 0) {
    mbarrier_init(shared.full, full);
    mbarrier_init(shared.empty, empty);
    fence_mbarrier_init();
  }
  __syncthreads();
}

TEST(Mistakes, NoProxyFenceBeforeABulkStore) {
  expect_fault<64, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        shared.out[threadIdx.x] = 1;
        if (!wrong) fence_proxy_async();
        __syncthreads();
        if (threadIdx.x == 0) {
          bulk_store(global, shared.out, sizeof shared.out);
          bulk_commit();
          bulk_wait<0>();
        }
      },
      {"no proxy fence: thread ", "mistakes_test.cpp:"});
}

TEST(Mistakes, ProxyFenceOfTheIssuerAlone) {
  expect_fault<64, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        shared.out[threadIdx.x] = 1;
        if (wrong ? threadIdx.x == 0 : true) fence_proxy_async();
        __syncthreads();
        if (threadIdx.x == 0) {
          bulk_store(global, shared.out, sizeof shared.out);
          bulk_commit();
          bulk_wait<0>();
        }
      },
      {"no proxy fence: thread "});
}

TEST(Mistakes, OnlyTheIssuerWaitsForTheStore) {
  expect_fault<64, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        for (int round = 0; round < 2; ++round) {
          shared.out[threadIdx.x] = round;
          fence_proxy_async();
          __syncthreads();
          if (threadIdx.x == 0) {
            bulk_store(global, shared.out, sizeof shared.out);
            bulk_commit();
            bulk_wait<0>();
          }
          if (!wrong) __syncthreads();
        }
      },
      {"mistakes_test.cpp:", "a race: "});
}

TEST(Mistakes, ReadIsNotCompletion) {
  expect_fault<32, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        shared.out[threadIdx.x] = shared.out[threadIdx.x + 32] = 1;
        fence_proxy_async();
        __syncwarp();
        if (threadIdx.x != 0) return;
        bulk_store(global, shared.out, sizeof shared.out);
        bulk_commit();
        if (wrong)
          bulk_wait_read<0>();
        else
          bulk_wait<0>();
        global[64] = global[3];
      },
      {"mistakes_test.cpp:"});
}

/// Warp 0 loads a tile for warp 1, twice into the same memory.
template <class Consume>
void load_twice(Staged& shared, int const* global, Consume consume) {
  for (u32 round = 0; round < 2; ++round) {
    if (threadIdx.x == 0) {
      mbarrier_wait(shared.empty, round ^ 1);
      mbarrier_arrive_expect(shared.full, sizeof shared.tile);
      bulk_load(shared.tile, global + 64 * round, sizeof shared.tile, shared.full);
    }
    if (threadIdx.x >= 32) consume(round);
  }
}

TEST(Mistakes, OneThreadReleasesTheStageForItsWarp) {
  expect_fault<64, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        make_barriers(shared, 1, 1);
        load_twice(shared, global, [&](u32 round) {
          mbarrier_wait(shared.full, round);
          global[128 + threadIdx.x] = shared.tile[threadIdx.x - 32];
          if (!wrong) __syncwarp();
          if (threadIdx.x == 32) mbarrier_arrive(shared.empty);
        });
      },
      {"mistakes_test.cpp:"});
}

TEST(Mistakes, StageReadAfterItsRelease) {
  expect_fault<64, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        make_barriers(shared, 1, 32);
        load_twice(shared, global, [&](u32 round) {
          mbarrier_wait(shared.full, round);
          int const scale = shared.tile[63];
          if (!wrong) global[128 + threadIdx.x] = scale * shared.tile[threadIdx.x - 32];
          mbarrier_arrive(shared.empty);
          if (wrong) global[128 + threadIdx.x] = scale * shared.tile[threadIdx.x - 32];
        });
      },
      {"mistakes_test.cpp:"});
}

TEST(Mistakes, NoWaitBeforeTheTileIsRead) {
  expect_fault<32, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        make_barriers(shared, 1, 1);
        if (threadIdx.x == 0) {
          mbarrier_arrive_expect(shared.full, sizeof shared.tile);
          bulk_load(shared.tile, global, sizeof shared.tile, shared.full);
        }
        if (!wrong) mbarrier_wait(shared.full, 0);
        global[64 + threadIdx.x] = shared.tile[threadIdx.x];
        mbarrier_wait(shared.full, 0);
      },
      {"mistakes_test.cpp:"});
}

TEST(Mistakes, EveryLaneIssuesTheCopy) {
  expect_fault<32, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        make_barriers(shared, 1, 1);
        if (wrong || elect_one()) {
          mbarrier_arrive_expect(shared.full, sizeof shared.tile);
          bulk_load(shared.tile, global, sizeof shared.tile, shared.full);
        }
        mbarrier_wait(shared.full, 0);
      },
      {"mbarrier"});
}

TEST(Mistakes, BarriersUsedBeforeAllKnowThem) {
  expect_fault<64, 1, Staged>(
      [](bool wrong, Staged& shared, Global) {
        if (threadIdx.x == 0) mbarrier_init(shared.full, 64);
        if (!wrong) __syncthreads();
        mbarrier_arrive(shared.full);
        mbarrier_wait(shared.full, 0);
      },
      {"mistakes_test.cpp:"});
}

TEST(Mistakes, BlockEndsWhileAnotherReadsItsMemory) {
  expect_fault<32, 2, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        shared.out[threadIdx.x] = 1;
        cluster_sync();
        int const* const other = map_shared(shared.out, cluster_rank() ^ 1);
        if (cluster_rank() == 0) {
          for (int i = 0; i < 3; ++i) __syncthreads();
          global[threadIdx.x] = other[threadIdx.x];
        }
        if (!wrong) cluster_sync();
      },
      {"block (0, 0, 0)"}, 2);
}

TEST(Mistakes, HandOverBetweenBlocksWithABlocksWait) {
  expect_fault<32, 2, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        make_barriers(shared, 32, 1);
        cluster_sync();
        if (cluster_rank() == 1) {
          map_shared(shared.out, 0)[threadIdx.x] = 1;
          mbarrier_arrive_remote(shared.full, 0);
        } else {
          if (wrong)
            mbarrier_wait(shared.full, 0);
          else
            mbarrier_wait_cluster(shared.full, 0);
          global[threadIdx.x] = shared.out[threadIdx.x];
        }
        cluster_sync();
      },
      {"a race: thread ", " of block 1 of the cluster writes at "}, 2);
}

TEST(Mistakes, CopiesAnnouncedToABarrierButNotWaitedFor) {
  expect_fault<32, 1, Staged>(
      [](bool wrong, Staged& shared, Global global) {
        make_barriers(shared, 32, 1);
        cp_async<4>(&shared.tile[threadIdx.x], global + threadIdx.x);
        cp_async_mbarrier_arrive_noinc(shared.full);
        if (!wrong) mbarrier_wait(shared.full, 0);
        global[64 + threadIdx.x] = shared.tile[31 - threadIdx.x];
        mbarrier_wait(shared.full, 0);
      },
      {"mistakes_test.cpp:"});
}

TEST(Mistakes, BarrierOfHalfAWarp) {
  expect_fault<64>(
      [](bool wrong, Memories&, Global) {
        if (threadIdx.x < 48 || !wrong) barrier_sync(1, wrong ? 48 : 64);
      },
      {"a barrier counts whole warps of the block: threads=48 of 64"});
}

struct Tiles {
  alignas(1024) bf16 a[64 * 64];
  alignas(1024) bf16 b[64 * 64];
};

/// Starts the product of the first 16 columns of two tiles.
void start_product(f32 (&d)[32], Tiles& shared) {
  constexpr OperandTile tile = {.lines = 64};
  wgmma_fence(d);
  wgmma<bf16>(d, describe_tile(tile, shared_address(shared.a)), describe_tile(tile, shared_address(shared.b)), false);
  wgmma_commit();
}

void fill(Tiles& shared) {
  for (unsigned i = threadIdx.x; i < 64 * 64; i += blockDim.x) shared.a[i] = shared.b[i] = bf16(1);
}

TEST(Mistakes, NoProxyFenceBeforeWgmma) {
  expect_fault<128, 1, Tiles>(
      [](bool wrong, Tiles& shared, Global) {
        f32 d[32];
        fill(shared);
        if (!wrong) fence_proxy_async();
        __syncthreads();
        start_product(d, shared);
        wgmma_wait<0>(d);
      },
      {"no proxy fence: thread "});
}

TEST(Mistakes, NoBarrierBeforeWgmma) {
  expect_fault<128, 1, Tiles>(
      [](bool wrong, Tiles& shared, Global) {
        f32 d[32];
        fill(shared);
        fence_proxy_async();
        if (!wrong) __syncthreads();
        start_product(d, shared);
        wgmma_wait<0>(d);
      },
      {"bytes of shared memory"});
}

TEST(Mistakes, TileOverwrittenBeforeWgmmaHasReadIt) {
  expect_fault<128, 1, Tiles>(
      [](bool wrong, Tiles& shared, Global) {
        f32 d[32];
        fill(shared);
        fence_proxy_async();
        __syncthreads();
        start_product(d, shared);
        if (!wrong) wgmma_wait<0>(d);
        __syncthreads();
        shared.a[threadIdx.x] = bf16(0);
        if (wrong) wgmma_wait<0>(d);
      },
      {"bytes of shared memory"});
}

}  // namespace
}  // namespace heddle::emulated
