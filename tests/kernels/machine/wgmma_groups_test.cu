// Groups of products in flight, and registers that move between warpgroups.
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Groups complete in the order of their commits: the first is used while the second goes on.
struct TwoGroups {
  static constexpr int threads = 128;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    alignas(1024) bf16 ones[64 * 64];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    for (int i = static_cast<int>(threadIdx.x); i < 64 * 64; i += threads) shared.ones[i] = from_f32<bf16>(1);
    fence_proxy_async();
    __syncthreads();
    MatrixDescriptor const ones = describe_tile({.lines = 64}, shared_address(shared.ones));
    f32 first[4], second[8];
    wgmma_fence();
    wgmma<bf16>(first, ones, ones, false);
    wgmma_commit();
    wgmma<bf16>(second, ones, ones, false);
    wgmma<bf16>(second, ones, ones, true);
    wgmma_commit();
    wgmma_wait<1>(first);
    f32 sum = 0;
    for (f32 const element : first) sum += element;
    wgmma_wait<0>(second);
    for (f32 const element : second) sum += element;
    p.result[blockIdx.x * threads + threadIdx.x] = static_cast<u32>(sum);
  }
};

TEST_F(Hopper, GroupsInOrder) {
  for_each_execution(
      [] { EXPECT_EQ(results<TwoGroups>(2), expected(128, 2, [](int, int) { return 4 * 16 + 8 * 32; })); });
}

/// Registers move from a warpgroup that needs few to two that need many.
struct MovesRegisters {
  static constexpr int threads = 384, min_blocks = 1;
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    if (threadIdx.x < 128)
      decrease_registers<40>();
    else
      increase_registers<232>();
    p.result[blockIdx.x * threads + threadIdx.x] = threadIdx.x;
  }
};

TEST_F(Hopper, RegistersMove) {
  for_each_execution(
      [] { EXPECT_EQ(results<MovesRegisters>(2), expected(384, 2, [](int thread, int) { return thread; })); });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
