// The inspector on small kernels whose bank conflicts follow from theory. Compiled with instrumentation.
#include <memory>

#include "kernels/machine/machine.cuh"
#include "tests/kernels/machine/inspect.h"

namespace heddle::emulated {
namespace {

enum class Layout { plain, padded, swizzled };

/// Transposes a tile of 32 x 32 through shared memory.
template <Layout layout>
struct TransposedTile {
  static constexpr int threads = 1024;
  static constexpr int pitch = layout == Layout::padded ? 33 : 32;
  struct Params {
    f32 const* x;
    f32* y;
  };
  struct SharedStorage {
    f32 tile[32 * pitch];
  };
  static int at(int row, int column) { return row * pitch + (layout == Layout::swizzled ? column ^ row : column); }
  void operator()(Params const& p, SharedStorage& shared) const {
    int const warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
    shared.tile[at(warp, lane)] = p.x[warp * 32 + lane];
    __syncthreads();
    p.y[warp * 32 + lane] = shared.tile[at(lane, warp)];
  }
};

template <Layout layout>
KernelReport transposed() {
  auto const x = std::make_unique<Elements<f32>>(), y = std::make_unique<Elements<f32>>();
  for (int i = 0; i < 1024; ++i) x->values[i] = static_cast<f32>(i);
  KernelReport const report = inspect<TransposedTile<layout>>(1, {x->values, y->values});
  EXPECT_EQ(y->values[5 * 32 + 7], static_cast<f32>(7 * 32 + 5));
  EXPECT_EQ(report.global.efficiency(), 1);
  EXPECT_EQ(only(report, Space::shared, AccessKind::write).counts.conflicts(), 0u);
  return report;
}

TEST(InspectionOfShared, TransposeWithoutPaddingHas32WayConflicts) {
  LineReport const line = only(transposed<Layout::plain>(), Space::shared, AccessKind::read);
  EXPECT_EQ(line.counts.requests, 32u);
  EXPECT_EQ(line.counts.wavefronts, 32u * 32);
  EXPECT_EQ(line.counts.conflicts(), 32u * 31);
}

TEST(InspectionOfShared, PaddingAndSwizzleAvoidConflicts) {
  EXPECT_EQ(transposed<Layout::padded>().shared.conflicts(), 0u);
  EXPECT_EQ(transposed<Layout::swizzled>().shared.conflicts(), 0u);
}

template <class V>
struct alignas(1024) SharedArray {
  V values[32 * 33];
};

/// Each lane reads one V at stride * lane.
template <class V>
struct Strided {
  static constexpr int threads = 32;
  struct Params {
    V* y;
    int stride;
  };
  using SharedStorage = SharedArray<V>;
  void operator()(Params const& p, SharedStorage& shared) const {
    int const lane = static_cast<int>(threadIdx.x);
    store(p.y + lane, load_constant<V>(&shared.values[p.stride * lane]));
  }
};

struct alignas(16) Sixteen {
  u64 low, high;
};

template <class V>
AccessCounts strided(int stride) {
  auto const y = std::make_unique<Elements<V>>();
  return only(inspect<Strided<V>>(1, {y->values, stride}), Space::shared, AccessKind::read).counts;
}

TEST(InspectionOfShared, StridesByTheNumberOfLanesInABank) {
  for (auto const& [stride, lanes] : {std::pair{1, 1}, {2, 2}, {3, 1}, {4, 4}, {16, 16}, {31, 1}, {32, 32}})
    EXPECT_EQ(strided<u32>(stride).wavefronts, static_cast<u64>(lanes)) << stride;
  EXPECT_EQ(strided<u32>(0).wavefronts, 1u);  // all want the same word
  EXPECT_EQ(strided<u8>(1).wavefronts, 1u);   // four lanes a word
  EXPECT_EQ(strided<u8>(4).wavefronts, 1u);
}

TEST(InspectionOfShared, VectorsGoInPartsOfTheWarp) {
  EXPECT_EQ(strided<u64>(1).wavefronts, 2u);
  EXPECT_EQ(strided<u64>(1).conflicts(), 0u);
  EXPECT_EQ(strided<u64>(2).wavefronts, 4u);
  EXPECT_EQ(strided<Sixteen>(1).wavefronts, 4u);
  EXPECT_EQ(strided<Sixteen>(1).conflicts(), 0u);
  EXPECT_EQ(strided<Sixteen>(8).wavefronts, 32u);
  EXPECT_EQ(strided<Sixteen>(8).conflicts(), 28u);
}

/// Half of the lanes read from each of two blocks, at stride * (lane / 2).
struct StridedInTwoBlocks {
  static constexpr int threads = 32, cluster_size = 2;
  struct Params {
    u32* y;
    int stride;
  };
  using SharedStorage = SharedArray<u32>;
  void operator()(Params const& p, SharedStorage& shared) const {
    int const lane = static_cast<int>(threadIdx.x);
    cluster_sync();
    store(p.y + lane, load_constant<u32>(map_shared(&shared.values[p.stride * (lane / 2)], lane % 2)));
    cluster_sync();
  }
};

TEST(InspectionOfShared, EachBlockOfAClusterHasItsBanks) {
  auto const y = std::make_unique<Elements<u32>>();
  for (auto const& [stride, lanes] : {std::pair{0, 1u}, {1, 1u}, {32, 16u}}) {
    AccessCounts const counts =
        only(inspect<StridedInTwoBlocks>(2, {y->values, stride}), Space::shared, AccessKind::read).counts;
    EXPECT_EQ(counts.requests, 2u);
    EXPECT_EQ(counts.wavefronts, 2u * 2 * lanes) << stride;  // of two warps, from two blocks
    EXPECT_EQ(counts.conflicts(), 2u * 2 * (lanes - 1)) << stride;
  }
}

}  // namespace
}  // namespace heddle::emulated
