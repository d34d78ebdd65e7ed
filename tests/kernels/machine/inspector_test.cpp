// The inspector on small kernels whose traffic follows from theory. This file is compiled with instrumentation.
#include <gtest/gtest.h>

#include <vector>

#include "kernels/machine/host/execution.h"
#include "kernels/machine/host/inspector_report.h"
#include "kernels/machine/machine.cuh"

namespace heddle::emulated {
namespace {

/// What the inspector says of one launch.
template <class Kernel>
KernelReport inspect(unsigned blocks, typename Kernel::Params const& params, ThreadOrder order = ThreadOrder::forward) {
  Inspector inspector;
  ScopedExecution const execution({.order = order, .observer = &inspector});
  launch<Kernel>(blocks, params, {}, "inspected");
  return report(inspector).at(0);
}

template <class T>
struct alignas(256) Aligned {
  T values[1 << 14] = {};
};

template <class T>
using Array = std::vector<Aligned<T>>;

/// The one line of the report with accesses of this kind.
LineReport const& only(KernelReport const& report, Space space, AccessKind kind) {
  LineReport const* found = nullptr;
  for (LineReport const& line : report.lines) {
    if (line.space != space || line.kind != kind) continue;
    EXPECT_EQ(found, nullptr) << "at " << describe(line.place.line) << " too";
    found = &line;
  }
  EXPECT_NE(found, nullptr);
  return *found;
}

struct Nothing {};

/// y[i] = x[stride * i], by V.
template <class V>
struct Copy {
  static constexpr int threads = 256;
  static constexpr int line = __LINE__ + 9;
  struct Params {
    V const* x;
    V* y;
    int stride;
  };
  using SharedStorage = Nothing;
  void operator()(Params const& p, SharedStorage&) const {
    unsigned const i = blockIdx.x * threads + threadIdx.x;
    p.y[i] = p.x[i * p.stride];
  }
};

TEST(Inspector, CoalescedCopyIsFullyEfficient) {
  Array<f32> x(1), y(1);
  for (ThreadOrder const order : {ThreadOrder::forward, ThreadOrder::reverse, ThreadOrder::random}) {
    KernelReport const report = inspect<Copy<f32>>(16, {x[0].values, y[0].values, 1}, order);
    for (AccessKind const kind : {AccessKind::read, AccessKind::write}) {
      LineReport const& line = only(report, Space::global, kind);
      EXPECT_EQ(line.counts.requests, 16u * 8);
      EXPECT_EQ(line.counts.sectors, 16u * 256 * 4 / 32);
      EXPECT_EQ(line.counts.efficiency(), 1);
      EXPECT_EQ(line.counts.divergent, 0u);
      EXPECT_EQ(line.bytes, 4u);
      EXPECT_EQ(describe(line.place.line), "inspector_test.cpp:" + std::to_string(Copy<f32>::line));
    }
    EXPECT_EQ(report.read_bytes, 16u * 1024);
    EXPECT_EQ(report.written_bytes, 16u * 1024);
    EXPECT_EQ(report.moved_bytes(), 2u * 16 * 1024);
  }
}

}  // namespace
}  // namespace heddle::emulated
