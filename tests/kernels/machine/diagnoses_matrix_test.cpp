// Mistakes with the instructions of the matrix unit.
#include "tests/kernels/machine/diagnosis.h"

namespace heddle::emulated {
namespace {

// What is no instruction does not compile.
static_assert(mma_exists<u8, i8, i32>(2, Overflow::saturates) && !mma_exists<u8, i8, u32>(4, Overflow::wraps));
static_assert(mma_exists<f8e4m3, f8e4m3, f32>(4, Overflow::wraps) &&
              !mma_exists<f8e4m3, f8e4m3, f32>(2, Overflow::wraps));
static_assert(mma_exists<f8e5m2, f8e4m3, u32>(4, Overflow::wraps) && !mma_exists<f8e5m2, u8, i32>(4, Overflow::wraps));
static_assert(mma_exists<f16, f16, u32>(2, Overflow::wraps) && !mma_exists<bf16, bf16, u32>(2, Overflow::wraps));
static_assert(!mma_exists<f16, bf16, f32>(4, Overflow::wraps) && !mma_exists<f16, f16, f32>(4, Overflow::saturates));

struct Tile {
  alignas(16) bf16 rows[16][24];
};

TEST(MatrixDiagnoses, RowIsMisaligned) {
  expect_diagnosis<32, Tile>(
      [](bool wrong, Tile& tile) {
        u32 a[4];
        ldmatrix(a, &tile.rows[threadIdx.x % 16][threadIdx.x / 16 * (wrong ? 4 : 8)]);
      },
      {"ldmatrix at diagnoses_matrix_test.cpp:", "a row must be aligned to 16 bytes: address=0x"});
}

TEST(MatrixDiagnoses, StoredRowIsMisaligned) {
  expect_diagnosis<32, Tile>(
      [](bool wrong, Tile& tile) {
        u32 const words[2] = {};
        stmatrix_transposed(tile.rows[0] + (wrong ? 20 : 24) * (threadIdx.x % 16), words);
      },
      {"stmatrix_transposed at diagnoses_matrix_test.cpp:", "a row must be aligned to 16 bytes"});
}

TEST(MatrixDiagnoses, RowIsBeyondSharedMemory) {
  expect_diagnosis<32, Tile>(
      [](bool wrong, Tile& tile) {
        u32 b[2];
        ldmatrix(b, tile.rows[threadIdx.x % 16 + (wrong ? 8 : 0)]);
      },
      {"ldmatrix at diagnoses_matrix_test.cpp:", "16 bytes at 0x", "are not within the 768 bytes of shared memory"});
}

TEST(MatrixDiagnoses, RowIsNotInSharedMemory) {
  expect_diagnosis<32, Tile>(
      [](bool wrong, Tile& tile) {
        alignas(16) static bf16 const elsewhere[8] = {};
        u32 b[1];
        ldmatrix(b, wrong ? elsewhere : tile.rows[threadIdx.x % 8]);
      },
      {"ldmatrix at diagnoses_matrix_test.cpp:", "shared memory"});
}

void multiply() {
  f32 d[4] = {};
  u32 const a[4] = {}, b[2] = {};
  mma<bf16>(d, a, b);
}

TEST(MatrixDiagnoses, HalfOfAWarp) {
  expect_diagnosis<48>(
      [](bool wrong) {
        if (wrong || threadIdx.x < 32) multiply();
      },
      {"mma at diagnoses_matrix_test.cpp:", "mask 0xffffffff: the mask names lane 16, but the warp has 16 lanes"});
}

TEST(MatrixDiagnoses, LanesThatHaveReturned) {
  expect_diagnosis<32>(
      [](bool wrong) {
        if (wrong && threadIdx.x >= 30) return;
        multiply();
      },
      {"mma at diagnoses_matrix_test.cpp:"});
}

TEST(MatrixDiagnoses, LanesThatDoSomethingElse) {
  expect_diagnosis<32>(
      [](bool wrong) {
        if (!wrong || threadIdx.x < 8) multiply();
        __syncthreads();
      },
      {"deadlock: warp 0 (lanes 0-7 in mma with mask 0xffffffff at diagnoses_matrix_test.cpp:", "__syncthreads"});
}

TEST(MatrixDiagnoses, OneInstructionAtTwoPlaces) {
  expect_diagnosis<32, Tile>(
      [](bool wrong, Tile& tile) {
        u32 words[1] = {threadIdx.x};
        if (wrong && threadIdx.x % 2 == 0)
          stmatrix(tile.rows[threadIdx.x % 8], words);
        else
          stmatrix(tile.rows[threadIdx.x % 8], words);
      },
      {"stmatrix in divergent code: lane 1 is at diagnoses_matrix_test.cpp:", "but lane 0 at diagnoses_matrix_test"});
}

TEST(MatrixDiagnoses, ArchitectureThatLacksIt) {
  using Stores = Kernel<decltype([](bool, Tile& tile) {
                          u32 const words[1] = {};
                          stmatrix(tile.rows[threadIdx.x % 8], words);
                        }),
                        32, Tile>;
  using Approximates = Kernel<decltype([](bool) { (void)exp2_approximate_packed<bf16>(0); }), 32>;
  using Multiplies = Kernel<decltype([](bool) {
                              f32 d[4] = {};
                              u32 const a[4] = {}, b[2] = {};
                              mma<f8e4m3>(d, a, b);
                            }),
                            32>;
  {
    ScopedExecution const execution({.architecture = 80});
    EXPECT_NE(error_of([] { launch<Stores>(1, {false}, {}, "k"); }).find("stmatrix needs sm_90"), std::string::npos);
    EXPECT_NE(error_of([] { launch<Approximates>(1, {false}, {}, "k"); }).find("exp2_approximate_packed needs sm_90"),
              std::string::npos);
    EXPECT_NE(error_of([] { launch<Multiplies>(1, {false}, {}, "k"); }).find("mma needs sm_89"), std::string::npos);
  }
  EXPECT_EQ(error_of([] { launch<Stores>(1, {false}, {}, "k"); }), "(no error)");
  EXPECT_EQ(error_of([] { launch<Multiplies>(1, {false}, {}, "k"); }), "(no error)");
}

}  // namespace
}  // namespace heddle::emulated
