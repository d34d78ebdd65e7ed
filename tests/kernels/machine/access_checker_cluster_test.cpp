// Wrong kernels whose blocks reach each other's shared memory. Compiled with the instrumentation.
#include "tests/kernels/machine/access_fault.h"

namespace heddle::emulated {
namespace {

constexpr u32 row_bytes = 128;

/// Each block of a pair sends a row to the other, which answers by an arrival that the row may change.
TEST(AccessCheckerCluster, SourceChangedBeforeItHasArrived) {
  expect_fault<32, 2>(
      [](bool wrong, Memories& shared, int* global) {
        int const other = 1 - cluster_rank(), thread = static_cast<int>(threadIdx.x);
        if (thread == 0) {
          mbarrier_init(shared.barrier, 1);
          mbarrier_arrive_expect(shared.barrier, row_bytes);
          mbarrier_init(shared.other_barrier, 32);
          fence_mbarrier_init();
        }
        shared.words[thread] = thread;
        fence_proxy_async();
        cluster_sync();
        if (thread == 0) bulk_send(shared.copied, shared.words, row_bytes, shared.barrier, other);
        mbarrier_wait_cluster(shared.barrier, 0);
        global[32 * cluster_rank() + thread] = shared.copied[31 - thread];
        mbarrier_arrive_remote(shared.other_barrier, other);
        if (!wrong) mbarrier_wait_cluster(shared.other_barrier, 0);
        shared.words[thread] = 0;
        cluster_sync();
      },
      {"of shared memory (offset ", "a race: ", "access_checker_cluster_test.cpp:"}, 2);
}

TEST(AccessCheckerCluster, StoreToAnotherBlockThatIsNotAwaited) {
  expect_fault<32, 2>(
      [](bool wrong, Memories& shared, int* global) {
        int const thread = static_cast<int>(threadIdx.x);
        if (thread == 0) {
          mbarrier_init(shared.barrier, 1);
          mbarrier_arrive_expect(shared.barrier, row_bytes);
          fence_mbarrier_init();
        }
        cluster_sync();
        store_async(&shared.words[thread], thread, shared.barrier, 1 - cluster_rank());
        if (!wrong) mbarrier_wait_cluster(shared.barrier, 0);
        global[32 * cluster_rank() + thread] = shared.words[31 - thread];
        mbarrier_wait_cluster(shared.barrier, 0);
        cluster_sync();
      },
      {"of shared memory (offset ", "access_checker_cluster_test.cpp:"}, 2);
}

/// An arrival that is relaxed publishes nothing.
TEST(AccessCheckerCluster, WritesBeforeARelaxedArrival) {
  expect_fault<32, 2>(
      [](bool wrong, Memories& shared, int* global) {
        int const thread = static_cast<int>(threadIdx.x);
        shared.words[thread] = thread;
        if (wrong)
          cluster_arrive_relaxed();
        else
          cluster_arrive();
        cluster_wait();
        global[32 * cluster_rank() + thread] = map_shared(shared.words, 1 - cluster_rank())[thread];
        cluster_sync();
      },
      {"of shared memory (offset ", "a race: ", "access_checker_cluster_test.cpp:"}, 2);
}

/// Shared memory is there once its block has begun, which another block knows only by a barrier or the like.
TEST(AccessCheckerCluster, WriteToABlockThatNeedNotHaveBegun) {
  expect_fault<32, 2>(
      [](bool wrong, Memories& shared, int* global) {
        int const thread = static_cast<int>(threadIdx.x);
        if (!wrong) {
          cluster_arrive_relaxed();
          cluster_wait();
        }
        map_shared(shared.words, 1 - cluster_rank())[thread] = thread;
        cluster_sync();
        global[32 * cluster_rank() + thread] = shared.words[31 - thread];
      },
      {"writes 4 bytes of shared memory (offset ", " of the cluster) at ",
       "access_checker_cluster_test.cpp:", "whose block need not have begun: begin with cluster_sync"},
      2);
}

/// To have come to the barrier is not to have waited in it.
TEST(AccessCheckerCluster, WriteBeforeTheBarrierHasBeenWaitedFor) {
  expect_fault<32, 2>(
      [](bool wrong, Memories& shared, int* global) {
        int const thread = static_cast<int>(threadIdx.x);
        cluster_arrive_relaxed();
        if (!wrong) cluster_wait();
        map_shared(shared.words, 1 - cluster_rank())[thread] = thread;
        if (wrong) cluster_wait();
        cluster_sync();
        global[32 * cluster_rank() + thread] = shared.words[31 - thread];
      },
      {"whose block need not have begun: begin with cluster_sync"}, 2);
}

}  // namespace
}  // namespace heddle::emulated
