// The matrix product of 16-bit types on Hopper: bulk tensor copies feed wgmma.
//
// Roles: a block stays on its multiprocessor and takes one tile of d after the other.
//   scheduler  gemm_sm90_layout.cuh    which tiles are of this block; each role walks through them on its own
//   producer   gemm_sm90_producer.cuh  one thread keeps `stages` tiles of A and B on their way, 128 bytes along k, also
//                                      those of the next tile of d while this one is written; which copies bring
//                                      them, gemm_sm90_operands.cuh
//   consumer   gemm_sm90_consumer.cuh  each of two warpgroups multiplies its rows, with one product in flight while it
//                                      waits for the next stage, and hands the stage of the product before back
//   output     gemm_sm90_output.cuh    it writes them as T to shared memory, from where a bulk copy takes them to d
// Cooperative, the two have 64 rows of a tile each. In ping-pong each has a tile of its own, and one writes while the
// other multiplies. In a cluster the blocks' tiles lie below each other: each loads a half of B to both.
//
// Floor: 2 m n k operations; 8192 x 8192 x 8192 in bf16: 1.1 PFLOP, 1.11 ms at the 989 TFLOP/s of an H200. Below,
// cycles of a multiprocessor for a stage, 64 along k, of both warpgroups; a tile takes k / 64 times as many.
//   matrix unit    2048 multiply-adds a cycle
//   shared memory  128 bytes a cycle: wgmma reads 64 rows of A and all columns of B for each product, copies write
//   L2             24 bytes a cycle: 5.5 TB/s at 1.755 GHz among 132, where requests of neighbours are not merged
//   output         of a tile: as T through the same port, 64 conversions of pairs a cycle, and about 200 of latency
//                                        matrix unit  shared memory    L2  output
//   cooperative 128 x 256                       1024           1024  2048     700
//   cooperative 128 x 256, cluster of 2         1024           1024  1365     700
//   ping-pong 128 x 128                          512            640  1365     600, hidden but for the last tile
//   cooperative 128 x 128                        512            640  1365     400
// So L2 decides wherever it does not merge requests, and clusters take a third from it. The pipeline fills once in a
// launch, in about 1000 cycles. Not yet measured.
#pragma once

#include "kernels/gemm/gemm_sm90_consumer.cuh"
#include "kernels/gemm/gemm_sm90_operands.cuh"
#include "kernels/gemm/gemm_sm90_output.cuh"
#include "kernels/gemm/gemm_sm90_producer.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Also of convolutions, with operands and an output of their own.
template <class GivenLayout, class Output = GemmSm90Output<GivenLayout>>
struct GemmSm90 {
  using Layout = GivenLayout;
  using Consumer = GemmSm90Consumer<Layout, Output>;
  using Params = typename Layout::Params;
  using SharedStorage = typename Layout::SharedStorage;
  static constexpr int threads = Layout::threads, cluster_size = Layout::cluster, min_blocks = 1;

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) {
      tensor_map_prefetch(p.operands.a);
      tensor_map_prefetch(p.operands.b);
      make_barriers(shared);
    }
    meet();
    if (threadIdx.x < warpgroup_size) {
      decrease_registers<40>();
      if (threadIdx.x == 0) GemmSm90Producer<Layout>::run(p, shared);
      __syncwarp();  // the others of the warp wait for it, as barriers of the cluster take warps whole
    } else {
      increase_registers<232>();
      Consumer::run(p, shared);
    }
    // Another block may still write to this one's shared memory, or arrive there.
    if constexpr (cluster_size > 1) cluster_sync();
  }

 private:
  HEDDLE_DEVICE static void make_barriers(SharedStorage& shared) {
    for (int stage = 0; stage < Layout::stages; ++stage) {
      mbarrier_init(shared.full[stage], 1);
      mbarrier_init(shared.empty[stage], Consumer::readers);
    }
    for (MBarrier& turn : shared.turns) mbarrier_init(turn, warpgroup_size / 32);
    fence_mbarrier_init();
  }

  HEDDLE_DEVICE static void meet() {
    if constexpr (cluster_size > 1)
      cluster_sync();
    else
      __syncthreads();
  }
};

}  // namespace heddle::HEDDLE_BACKEND
