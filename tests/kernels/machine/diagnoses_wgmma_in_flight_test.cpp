// Mistakes with what a wgmma uses while it is in flight.
#include <cmath>

#include "kernels/core/error.h"
#include "tests/kernels/machine/wgmma_diagnosis.h"

namespace heddle::emulated {
namespace {

TEST(WgmmaInFlightDiagnoses, ReturnsWithProductsInFlight) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        wgmma_fence();
        wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        wgmma_commit();
        if (!wrong) wgmma_wait<0>(d);
      },
      {"returns as the last thread of its block",
       "wgmma from diagnoses_wgmma_in_flight_test.cpp:", "wait for it before"},
      Completion::late);
}

TEST(WgmmaInFlightDiagnoses, AccumulatorsAreWrittenInFlight) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        f32 d[32];
        wgmma_fence();
        wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        if (wrong && threadIdx.x == 37) d[5] = 0;
        wgmma_commit();
        wgmma_wait<0>(d);
        d[5] = 0;
      },
      {"wgmma at diagnoses_wgmma_in_flight_test.cpp:",
       "thread 37 wrote its accumulators while the product was in flight"},
      Completion::late);
}

TEST(WgmmaInFlightDiagnoses, AccumulatorsAreReadInFlight) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        fill(tiles, 1);
        __syncthreads();
        f32 d[32];
        wgmma_fence();
        wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        wgmma_commit();
        if (!wrong) wgmma_wait<0>(d);
        f32 const sum = d[0];
        if (wrong) wgmma_wait<0>(d);
        check(sum == 16, "sum=", std::abs(sum));
      },
      {"sum=nan"}, Completion::late);
}

/// Both halves of a word are NaN.
TEST(WgmmaInFlightDiagnoses, PairsAreReadInFlight) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        fill(tiles, 1);
        __syncthreads();
        u32 d[16];
        wgmma_fence();
        wgmma<f16>(d, a_of(tiles), b_of(tiles), false);
        wgmma_commit();
        if (!wrong) wgmma_wait<0>(d);
        f32 sums[2];
        unpack<f16>(d[0], sums);
        if (wrong) wgmma_wait<0>(d);
        // The bits of 1 are those of 1.875 as an f16.
        check(sums[0] == 56.25f && sums[1] == 56.25f, "sums=", std::abs(sums[0]), " ", std::abs(sums[1]));
      },
      {"sums=nan nan"}, Completion::late);
}

TEST(WgmmaInFlightDiagnoses, OperandIsOverwrittenInFlight) {
  expect_diagnosis<128, Tiles>(
      [](bool wrong, Tiles& tiles) {
        fill(tiles, 1);
        __syncthreads();
        f32 d[32];
        wgmma_fence();
        wgmma<bf16>(d, a_of(tiles), b_of(tiles), false);
        wgmma_commit();
        if (!wrong) wgmma_wait<0>(d);
        __syncthreads();
        fill(tiles, 2);
        __syncthreads();
        wgmma_wait<0>(d);
        check(d[0] == 16, "sum=", d[0]);
      },
      {"sum=64"}, Completion::late);
}

}  // namespace
}  // namespace heddle::emulated
