// The inspector on small kernels whose traffic in global memory follows from theory. Compiled with instrumentation.
#include <memory>

#include "kernels/tile/vector.cuh"
#include "tests/kernels/machine/inspect.h"

namespace heddle::emulated {
namespace {

/// y[i] = x[stride * i + offset].
template <class V>
struct Copy {
  static constexpr int threads = 256;
  static constexpr int line = __LINE__ + 9;  // of its access
  struct Params {
    V const* x;
    V* y;
    int stride, offset;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    int const i = static_cast<int>(blockIdx.x * threads + threadIdx.x);
    p.y[i] = p.x[p.stride * i + p.offset];
  }
};

class Inspection : public ::testing::Test {
 protected:
  template <class T>
  KernelReport copy(unsigned blocks, int stride, int offset = 0, ThreadOrder order = ThreadOrder::forward) {
    auto const x = std::make_unique<Elements<T>>(), y = std::make_unique<Elements<T>>();
    return inspect<Copy<T>>(blocks, {x->values, y->values, stride, offset}, order);
  }
};

TEST_F(Inspection, CoalescedCopyIsFullyEfficient) {
  for (ThreadOrder const order : {ThreadOrder::forward, ThreadOrder::reverse, ThreadOrder::random}) {
    KernelReport const report = copy<f32>(16, 1, 0, order);
    for (AccessKind const kind : {AccessKind::read, AccessKind::write}) {
      LineReport const line = only(report, Space::global, kind);
      EXPECT_EQ(line.counts.requests, 16u * 256 / 32);
      EXPECT_EQ(line.counts.sectors, 16u * 256 * 4 / 32);
      EXPECT_EQ(line.counts.efficiency(), 1);
      EXPECT_EQ(line.counts.divergent, 0u);
      EXPECT_EQ(line.bytes, 4u);
      EXPECT_EQ(describe(line.place.line), "inspector_test.cpp:" + std::to_string(Copy<f32>::line));
    }
    EXPECT_EQ(report.read_bytes, 16u * 1024);
    EXPECT_EQ(report.written_bytes, 16u * 1024);
    EXPECT_EQ(report.moved_bytes(), 2u * 16 * 1024);
    EXPECT_EQ(report.least_bytes(), 2u * 16 * 1024);
  }
}

TEST_F(Inspection, StridedCopy) {
  EXPECT_DOUBLE_EQ(only(copy<f32>(1, 2), Space::global, AccessKind::read).counts.efficiency(), 1.0 / 2);
  EXPECT_DOUBLE_EQ(only(copy<f32>(1, 3), Space::global, AccessKind::read).counts.efficiency(), 8.0 * 4 / (3 * 32));
  EXPECT_DOUBLE_EQ(only(copy<f32>(1, 8), Space::global, AccessKind::read).counts.efficiency(), 4.0 / 32);
  EXPECT_DOUBLE_EQ(only(copy<f32>(1, 20), Space::global, AccessKind::read).counts.efficiency(), 4.0 / 32);
  EXPECT_DOUBLE_EQ(only(copy<u8>(1, 64), Space::global, AccessKind::read).counts.efficiency(), 1.0 / 32);
  EXPECT_DOUBLE_EQ(only(copy<f32>(1, 0), Space::global, AccessKind::read).counts.efficiency(), 4.0 / 32);
}

TEST_F(Inspection, MisalignedCopyTouchesOneSectorMore) {
  EXPECT_EQ(only(copy<f32>(1, 1, 1), Space::global, AccessKind::read).counts.sectors, 8u * 5);
  EXPECT_EQ(only(copy<u8>(1, 1, 1), Space::global, AccessKind::read).counts.sectors, 8u * 2);
  EXPECT_EQ(copy<u8>(1, 1, 1).read_sectors, 9u);
}

/// y is the transpose of x, which has 64 rows and columns; a row a block.
struct NaiveTranspose {
  static constexpr int threads = 64;
  struct Params {
    f32 const* x;
    f32* y;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    p.y[threadIdx.x * 64 + blockIdx.x] = p.x[blockIdx.x * 64 + threadIdx.x];
  }
};

TEST_F(Inspection, NaiveTransposeWritesOneElementASector) {
  auto const x = std::make_unique<Elements<f32>>(), y = std::make_unique<Elements<f32>>();
  KernelReport const report = inspect<NaiveTranspose>(64, {x->values, y->values});
  EXPECT_EQ(only(report, Space::global, AccessKind::read).counts.efficiency(), 1);
  EXPECT_EQ(only(report, Space::global, AccessKind::write).counts.efficiency(), 0.125);
  EXPECT_EQ(report.written_bytes, 64u * 64 * 4);
  EXPECT_EQ(report.written_sectors, 64u * 64 * 4 / 32);  // together, blocks fill them
}

/// Lanes below p.lanes go through `rounds` elements each; one counts them.
struct Divergent {
  static constexpr int threads = 32;
  struct Params {
    f32* x;
    int* count;
    int lanes, rounds;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    int const lane = static_cast<int>(threadIdx.x);
    if (lane < p.lanes)
      for (int round = 0; round < p.rounds; ++round) p.x[round * 32 + lane] += 1;
    __syncwarp();
    __shfl_xor_sync(~0u, lane, 1);
    if (lane % 2 == 0) atomicAdd(p.count, 1);
    __syncthreads();
  }
};

TEST_F(Inspection, DivergenceAtomicsAndRendezvous) {
  auto const x = std::make_unique<Elements<f32>>();
  int count = 0;
  KernelReport const report = inspect<Divergent>(4, {x->values, &count, 24, 3});
  EXPECT_EQ(count, 4 * 16);
  LineReport const line = only(report, Space::global, AccessKind::write);
  EXPECT_EQ(line.counts.requests, 4u * 3);
  EXPECT_EQ(line.counts.divergent, 4u * 3);
  EXPECT_DOUBLE_EQ(line.counts.active_share(), 0.75);
  EXPECT_EQ(report.atomics.requests, 4u);
  EXPECT_EQ(report.atomics.lanes, 4u * 16);
  ASSERT_EQ(report.barriers.size(), 1u);
  EXPECT_EQ(report.barriers.begin()->first.name, "__syncthreads");
  EXPECT_EQ(report.barriers.begin()->second, 4u);
  EXPECT_EQ(report.collectives.size(), 2u);
  for (auto const& [site, times] : report.collectives) EXPECT_EQ(times, 4u) << site.name;
}

struct Calls {
  static constexpr int threads = 32;
  static constexpr int line = __LINE__ + 8;  // of the call of load_f32
  struct Params {
    f32 const* x;
    f32* y;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    f32 values[4];  // on the stack
    load_f32(p.x + 4 * threadIdx.x, values);
    p.y[threadIdx.x] = values[threadIdx.x % 4];
  }
};

TEST_F(Inspection, SeesThroughCallsAndLeavesOutTheStack) {
  auto const x = std::make_unique<Elements<f32>>(), y = std::make_unique<Elements<f32>>();
  KernelReport const report = inspect<Calls>(1, {x->values, y->values});
  ASSERT_EQ(report.lines.size(), 2u);
  EXPECT_EQ(report.lines[0].bytes, 16u);
  EXPECT_EQ(describe(report.lines[0].place.line), "inspector_test.cpp:" + std::to_string(Calls::line));
  EXPECT_EQ(describe(report.lines[0].place.detail).substr(0, 11), "vector.cuh:");
}

}  // namespace
}  // namespace heddle::emulated
