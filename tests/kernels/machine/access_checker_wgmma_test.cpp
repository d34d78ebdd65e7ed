// Operands of wgmma that change too early. Compiled with the instrumentation.
#include "kernels/core/error.h"
#include "tests/kernels/machine/access_fault.h"

namespace heddle::emulated {
namespace {

struct Operands {
  alignas(1024) bf16 a[64 * 64], b[64 * 64];
  MBarrier barrier;
};

/// A group of products is that of the warpgroup: who has waited for it knows that all four warps have read the
/// operands, and may let them be written on behalf of all.
TEST(AccessCheckerWgmma, OneThreadReleasesTheOperandsOfItsWarpgroup) {
  expect_fault<256, 1, Operands>(
      [](bool wrong, Operands& shared, int* global) {
        constexpr OperandTile tile = {.lines = 64};
        if (threadIdx.x == 0) mbarrier_init(shared.barrier, 1);
        for (unsigned i = threadIdx.x; i < 64 * 64; i += blockDim.x) shared.a[i] = shared.b[i] = bf16(1.0f);
        fence_proxy_async();
        __syncthreads();
        if (threadIdx.x >= 128) {
          mbarrier_wait(shared.barrier, 0);
          for (unsigned i = threadIdx.x - 128; i < 64 * 64; i += 128) shared.a[i] = shared.b[i] = bf16(0.0f);
          return;
        }
        f32 d[32];
        wgmma_fence(d);
        for (int group = 0; group < 2; ++group) {
          wgmma<bf16>(d, describe_tile(tile, shared_address(shared.a)), describe_tile(tile, shared_address(shared.b)),
                      group == 1);
          wgmma_commit();
        }
        if (wrong)
          wgmma_wait<1>(d);
        else
          wgmma_wait<0>(d);
        if (threadIdx.x == 64) mbarrier_arrive(shared.barrier);
        wgmma_wait<0>(d);
        global[threadIdx.x] = d[0] == 32 ? 1 : 0;
        if (!wrong && d[0] != 32) fail("product of operands that were overwritten: ", d[0]);
      },
      {"a race: an asynchronous operation reads at access_checker_wgmma_test.cpp:"});
}

}  // namespace
}  // namespace heddle::emulated
