// Mistakes with wgmma.
#include "kernels/core/error.h"
#include "tests/kernels/machine/wgmma_diagnosis.h"

namespace heddle::emulated {
namespace {

// What is no instruction does not compile.
static_assert(wgmma_exists<i8, i8, i32>(24, {}) && !wgmma_exists<i8, i8, i32>(40, {}));
static_assert(wgmma_exists<bf16, bf16, f32>(40, {}) && !wgmma_exists<bf16, bf16, f32>(12, {}) &&
              !wgmma_exists<bf16, bf16, f32>(264, {}));
static_assert(wgmma_exists<f16, f16, f32>(8, {.b = Major::mn}) && !wgmma_exists<tf32, tf32, f32>(8, {.b = Major::mn}));
static_assert(wgmma_exists<f16, f16, u32>(8, {}) && wgmma_exists<f8e4m3, f8e4m3, u32>(8, {}) &&
              !wgmma_exists<bf16, bf16, u32>(8, {}));
static_assert(!wgmma_exists<f8e4m3, f8e4m3, f32>(8, {.a = Major::mn}) &&
              !wgmma_exists<i8, i8, i32>(8, {.negate_a = true}));
static_assert(wgmma_exists<f8e5m2, f8e4m3, u32>(8, {.negate_b = true}) && !wgmma_exists<f16, bf16, f32>(8, {}));
static_assert(!wgmma_exists<i8, u8, i32>(8, {}) && !wgmma_exists<f8e4m3, i8, f32>(8, {}));

TEST(WgmmaDiagnoses, NoFenceAtAll) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        if (!wrong) wgmma_fence();
        wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        wgmma_commit();
        wgmma_wait<0>(d);
      },
      {"wgmma at diagnoses_wgmma_test.cpp:", "the warp has not called wgmma_fence since it last waited"});
}

TEST(WgmmaDiagnoses, NoFenceAfterAWait) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        multiply(d, a_of(tiles), b_of(tiles));
        d[3] = 0;
        if (!wrong) wgmma_fence(d);
        wgmma<bf16>(d, a_of(tiles), b_of(tiles), true);
        wgmma_commit();
        wgmma_wait<0>(d);
      },
      {"wgmma at diagnoses_wgmma_test.cpp:", "the warp has not called wgmma_fence since it last waited"});
}

/// Sums that nobody has touched need no fence, sums that are begun anew do.
TEST(WgmmaDiagnoses, NoFenceBeforeSumsAreBegunAnew) {
  for (Completion const completion : {Completion::eager, Completion::late})
    expect_diagnosis<128, Tiles>(
        [](bool wrong, Tiles& tiles) {
          f32 d[32];
          fill(tiles, 1);
          __syncthreads();
          multiply(d, a_of(tiles), b_of(tiles));
          for (int round = 0; round < 2; ++round) {
            for (u32 k = 0; k < 2; ++k) wgmma<bf16>(d, advance(a_of(tiles), 32 * k), b_of(tiles), !wrong || k == 1);
            wgmma_commit();
            wgmma_wait<0>(d);
          }
          for (f32 const sum : d) check(sum == 80, "sum=", sum);
        },
        {"wgmma at diagnoses_wgmma_test.cpp:", "the warp has not called wgmma_fence since it last waited"}, completion);
}

TEST(WgmmaDiagnoses, NoCommit) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        wgmma_fence();
        wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        if (!wrong) wgmma_commit();
        wgmma_wait<0>(d);
      },
      {"wgmma_wait at diagnoses_wgmma_test.cpp:", "the wgmma at diagnoses_wgmma_test.cpp:",
       "belongs to no group; call wgmma_commit before"});
}

TEST(WgmmaDiagnoses, StepOfDescriptor) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        multiply(d, a_of(tiles), advance(b_of(tiles), wrong ? 8 : 32));
      },
      {"wgmma at wgmma_diagnosis.h:", "descriptor of B: address, strides and steps are multiples of 16 bytes"});
}

TEST(WgmmaDiagnoses, StrideOfDescriptor) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        multiply(d, encode({.stride_bytes = wrong ? 1u << 18 : 1024u, .swizzle = Swizzle::bytes_128}), b_of(tiles));
      },
      {"descriptor of A: address and strides are below 2^18 bytes"});
}

TEST(WgmmaDiagnoses, OperandOutsideOfSharedMemory) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        multiply(d, a_of(tiles), advance(b_of(tiles), wrong ? 1024 : 0));
      },
      {"wgmma at wgmma_diagnosis.h:", "B is not within shared memory: element (56, 0) is at byte 16384 of 16384"});
}

TEST(WgmmaDiagnoses, DescriptorsDifferWithinAWarp) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        multiply(d, a_of(tiles), advance(b_of(tiles), wrong && threadIdx.x % 32 == 7 ? 32 : 0));
      },
      {"all lanes bring the same descriptors, but lane 7 has others than lane 0"});
}

TEST(WgmmaDiagnoses, DescriptorsDifferBetweenWarps) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        multiply(d, advance(a_of(tiles), wrong ? threadIdx.x / 32 * 32 : 0), b_of(tiles));
      },
      {"the warps of a warpgroup execute the same, but another has come to wgmma at wgmma_diagnosis.h:",
       "with other operands or another shape"});
}

TEST(WgmmaDiagnoses, ShapesDifferBetweenWarps) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32], smaller[16];
        wgmma_fence();
        if (wrong && threadIdx.x < 64)
          wgmma<bf16>(smaller, a_of(tiles), b_of(tiles), false);
        else
          wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        wgmma_commit();
        wgmma_wait<0>(d);
      },
      {"the warps of a warpgroup execute the same"});
}

TEST(WgmmaDiagnoses, AWarpIsMissing) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        if (wrong && threadIdx.x / 32 == 2) return;
        f32 d[32];
        multiply(d, a_of(tiles), b_of(tiles));
      },
      {"deadlock", "in wgmma_wait at wgmma_diagnosis.h:", "(products issued by its warps: 1, 1, 0, 1)",
       "warp 2 (lanes 0-31 returned)"});
}

TEST(WgmmaDiagnoses, WarpgroupIsNotComplete) {
  expect_diagnosis<192, Tiles>(
      [](bool wrong, Tiles& tiles) {
        if (!wrong && threadIdx.x >= 128) return;
        f32 d[32];
        multiply(d, a_of(tiles), b_of(tiles));
      },
      {"a warpgroup has 128 threads, but that of thread", "is not complete: threads=192"});
}

TEST(WgmmaDiagnoses, DivergentCode) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        wgmma_fence();
        if (wrong && threadIdx.x % 2 == 0)
          wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        else
          wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        wgmma_commit();
        wgmma_wait<0>(d);
      },
      {"wgmma in divergent code: lane 1 is at diagnoses_wgmma_test.cpp:"});
}

TEST(WgmmaDiagnoses, OlderArchitecture) {
  ScopedExecution const execution({.architecture = 80});
  auto const body = [](bool) { wgmma_fence(); };
  EXPECT_NE(error_of([&] { launch<Kernel<decltype(body), 128>>(1, {false}, {}, "k"); }).find("wgmma_fence needs sm_90"),
            std::string::npos);
}

}  // namespace
}  // namespace heddle::emulated
