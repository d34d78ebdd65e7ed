// The floating-point operations that the inspector counts. Compiled with instrumentation.
#include <cmath>
#include <memory>

#include "kernels/machine/machine.cuh"
#include "tests/kernels/machine/inspect.h"

namespace heddle::emulated {
namespace {

TEST(OperationsOfInstruction, Arithmetic) {
  for (auto const& [text, operations] : std::initializer_list<std::pair<char const*, u64>>{
           {"addss  %xmm1,%xmm0", 1},
           {"vsubss %xmm0,%xmm1,%xmm2", 1},
           {"vmulsd 0x10(%rsp),%xmm1,%xmm2", 1},
           {"vdivss 0x1234(%rip),%xmm1,%xmm2        # 5678 <expf+0x10>", 1},
           {"vfmadd231ss %xmm0,%xmm1,%xmm2", 2},
           {"vfnmsub132sd %xmm0,%xmm1,%xmm2", 2},
           {"mulps  %xmm1,%xmm0", 4},
           {"vaddpd %ymm0,%ymm1,%ymm2", 4},
           {"vfmadd213ps %zmm0,%zmm1,%zmm2", 32},
           {"call   4a30 <fmaf@plt>", 2}})
    EXPECT_EQ(operations_of(text), Operations{.arithmetic = operations}) << text;
}

TEST(OperationsOfInstruction, SpecialFunctions) {
  for (char const* text : {"vsqrtss %xmm0,%xmm1,%xmm2", "call   4a30 <expf@plt>", "call   4a30 <log2>",
                           "call   4a30 <rsqrtf(float)>", "call   4a30 <heddle::emulated::rsqrt_approximate(float)>"})
    EXPECT_EQ(operations_of(text), Operations{.special = 1}) << text;
}

TEST(OperationsOfInstruction, OthersHaveNone) {
  for (char const* text : {"", "ret", "vmovss %xmm0,(%rax)", "vmaxss %xmm0,%xmm1,%xmm2", "vxorps %xmm0,%xmm1,%xmm2",
                           "vpsubd %xmm0,%xmm1,%xmm2", "vcvtsi2ss %eax,%xmm1,%xmm2", "vucomiss %xmm0,%xmm1",
                           "add    %rax,%rbx", "call   *%rax", "jmp    4a30 <expf@plt>", "call   4a30 <fminf@plt>",
                           "call   4a30 <expert(float)>", "mov    0x10(%rip),%rax        # 5678 <expf>"})
    EXPECT_EQ(operations_of(text), Operations{}) << text;
}

/// y[i] = x[i] * x[i] + x[i] / 3 for the first `count` elements, once a round.
struct Arithmetic {
  static constexpr int threads = 64;
  static constexpr int line = __LINE__ + 9;  // of its operations
  struct Params {
    f32 const* x;
    f32* y;
    int count, rounds;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    for (int i = static_cast<int>(threadIdx.x); i < p.count; i += threads)
      for (int round = 0; round < p.rounds; ++round) p.y[i] = p.x[i] * p.x[i] + p.x[i] / 3;
  }
};

TEST(Operations, OfEachElement) {
  auto const x = std::make_unique<Elements<f32>>(), y = std::make_unique<Elements<f32>>();
  for (int const count : {0, 1, 63, 64, 65, 1000}) {
    KernelReport const report = inspect<Arithmetic>(1, {x->values, y->values, count, 3});
    EXPECT_EQ(report.operations, Operations{.arithmetic = 3u * 3 * static_cast<u64>(count)});
    ASSERT_EQ(report.operations_by_line.size(), count > 0 ? 1u : 0u);
    for (OperationsOfLine const& line : report.operations_by_line)
      EXPECT_EQ(describe(line.place.line), "inspector_operations_test.cpp:" + std::to_string(Arithmetic::line));
  }
}

TEST(Operations, OfAllLaunches) {
  auto const x = std::make_unique<Elements<f32>>(), y = std::make_unique<Elements<f32>>();
  Inspector inspector;
  ScopedExecution const execution({.observer = &inspector});
  launch<Arithmetic>(2, {x->values, y->values, 10, 1}, {}, "first");
  launch<Arithmetic>(1, {x->values, y->values, 5, 1}, {}, "second");
  launch<Arithmetic>(1, {x->values, y->values, 1, 1}, {}, "first");
  EXPECT_EQ(report(inspector).at(0).operations.arithmetic, 3u * (2 * 10 + 1));
  EXPECT_EQ(report(inspector).at(1).operations.arithmetic, 3u * 5);
}

TEST(Operations, OfInspectedLaunchesOnly) {
  auto const x = std::make_unique<Elements<f32>>(), y = std::make_unique<Elements<f32>>();
  Inspector inspector;
  {
    ScopedExecution const execution({.observer = &inspector});
    launch<Arithmetic>(1, {x->values, y->values, 10, 1}, {}, "inspected");
  }
  launch<Arithmetic>(1, {x->values, y->values, 10, 1}, {}, "inspected");
  EXPECT_EQ(report(inspector).at(0).operations.arithmetic, 3u * 10);
}

/// Threads go different ways.
struct Branches {
  static constexpr int threads = 32;
  struct Params {
    f32* x;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    f32& x = p.x[threadIdx.x];
    if (threadIdx.x < 7)
      x = x * 3 + 1;
    else if (threadIdx.x == 20)
      x = x / 5;
    if (x > 1e30f) x -= 1;
  }
};

TEST(Operations, OfBranchesThatAreTaken) {
  auto const x = std::make_unique<Elements<f32>>();
  EXPECT_EQ(inspect<Branches>(2, {x->values}).operations.arithmetic, 2u * (7 * 2 + 1));
}

/// A product that does not change in the loop.
struct Invariant {
  static constexpr int threads = 32;
  struct Params {
    f32 const* x;
    f32* y;
    int rounds;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    f32 const a = p.x[threadIdx.x], b = p.x[threadIdx.x + 32];
    for (int round = 0; round < p.rounds; ++round) p.y[round * 32 + static_cast<int>(threadIdx.x)] = p.x[round] + a * b;
  }
};

TEST(Operations, AreThoseOfTheCompiledLoop) {
  auto const x = std::make_unique<Elements<f32>>(), y = std::make_unique<Elements<f32>>();
  EXPECT_EQ(inspect<Invariant>(1, {x->values, y->values, 10}).operations.arithmetic, 32u * (10 + 1));
}

/// Ten special functions, two divisions and a multiply-add.
struct Functions {
  static constexpr int threads = 32;
  struct Params {
    f32* x;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    f32* const x = p.x + 16 * threadIdx.x;
    x[0] = rsqrtf(x[0]);
    x[1] = std::sqrt(x[1]);
    x[2] = expf(x[2]);
    x[3] = __expf(x[3]);
    x[4] = std::tanh(x[4]);
    x[5] = exp2_approximate(x[5]);
    x[6] = log2_approximate(x[6]);
    x[7] = tanh_approximate(x[7]);
    x[8] = rsqrt_approximate(x[8]);
    x[9] = erff(x[9]);
    x[10] = __fdividef(x[10], 3);
    x[11] = reciprocal_approximate(x[11]);
    x[12] = __fmaf_rn(x[12], x[12], x[12]);
  }
};

TEST(Operations, OfFunctions) {
  auto const x = std::make_unique<Elements<f32>>();
  EXPECT_EQ(inspect<Functions>(1, {x->values}).operations, (Operations{.arithmetic = 32 * 4, .special = 32 * 10}));
}

/// Arithmetic beside a conversion in which large values go another way, where the processor has no instruction for it.
struct Conversion {
  static constexpr int threads = 32;
  struct Params {
    f32* x;
    u64 count;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    p.x[threadIdx.x] = p.x[threadIdx.x + 32] / 3 - static_cast<f32>(p.count + threadIdx.x) * 5;
  }
};

TEST(Operations, BesideConversions) {
  auto const x = std::make_unique<Elements<f32>>();
  for (u64 const count : {u64{0}, u64{1} << 63})
    EXPECT_EQ(inspect<Conversion>(1, {x->values, count}).operations, Operations{.arithmetic = 32 * 3});
}

/// Nothing here is arithmetic of the kernel.
struct Emulated {
  static constexpr int threads = 32;
  struct Params {
    f32* x;
    f16* y;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    f32& x = p.x[threadIdx.x];
    f16& y = p.y[threadIdx.x];
    x = max(-x, 1e-6f);
    y = f16(x);
    x = to_f32(y);
    y = from_f32<f16>(std::fabs(x));
    atomicAdd(p.x, static_cast<f32>(y));
    x = __shfl_xor_sync(~0u, x, 1);
    f32 d[4] = {};
    u32 const a[4] = {}, b[2] = {};
    mma<bf16>(d, a, b);
    x = d[0];
  }
};

TEST(Operations, NotOfTheEmulator) {
  auto const x = std::make_unique<Elements<f32>>();
  auto const y = std::make_unique<Elements<f16>>();
  KernelReport const report = inspect<Emulated>(1, {x->values, y->values});
  EXPECT_EQ(report.operations, Operations{});
  EXPECT_EQ(report.matrix_operations, 2u * 16 * 8 * 16);
}

}  // namespace
}  // namespace heddle::emulated
