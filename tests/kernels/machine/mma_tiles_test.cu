// What kernels make of products by a warp: chains of them, and whole matrices.
#include "tests/kernels/machine/primitive_test.cuh"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

using heddle::testing::small_integers;
using heddle::testing::uniform;

/// An accumulator of f32, narrowed in pairs, is an A of 16-bit type: what attention relies on.
struct AccumulatorAsOperand {
  static constexpr int threads = 32;
  struct Params {
    f32 const* d;  // [16, 16]
    bf16* out;     // [16, 16]
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    int const lane = static_cast<int>(threadIdx.x);
    f32 d[8];
    for (int i = 0; i < 8; ++i) {
      Place const place = accumulator_fragment(lane, i);
      d[i] = p.d[16 * place.row + place.column];
    }
    for (int word = 0; word < 4; ++word) {
      u32 const pair = pack<bf16>(d[2 * word], d[2 * word + 1]);
      Place const place = a_fragment<bf16>(lane, 2 * word);
      store(p.out + 16 * place.row + place.column, pair);
    }
  }
};

TEST_F(Machine, AccumulatorsPackIntoOperands) {
  std::vector<f32> const values = uniform(256, 9);
  DeviceBuffer<f32> in(memory, values);
  DeviceBuffer<bf16> out(memory, 256);
  launch<AccumulatorAsOperand>(1, {in.data(), out.data()}, {}, "pack");
  std::vector<bf16> const actual = out.read();
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(actual[i].bits, bf16(values[i]).bits) << i;
}

/// A whole product by mma.m16n8k16: a block of four warps has 64 x 64 of C, a warp 16 x 64.
struct WholeProduct {
  static constexpr int threads = 128, n = 256, k = 256;
  struct Params {
    bf16 const* a;  // [m, k]
    bf16 const* b;  // [n, k]
    f32* c;         // [m, n]
  };
  struct SharedStorage {
    alignas(16) bf16 a[64][24];
    alignas(16) bf16 b[64][24];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const thread = static_cast<int>(threadIdx.x), warp = thread / 32, lane = thread % 32;
    int const row = 64 * static_cast<int>(blockIdx.y), column = 64 * static_cast<int>(blockIdx.x);
    f32 c[8][4] = {};
    for (int first = 0; first < k; first += 16) {
      __syncthreads();
      for (int i = thread; i < 64 * 16; i += threads) {
        shared.a[i / 16][i % 16] = p.a[(row + i / 16) * k + first + i % 16];
        shared.b[i / 16][i % 16] = p.b[(column + i / 16) * k + first + i % 16];
      }
      __syncthreads();
      u32 a[4];
      ldmatrix(a, &shared.a[16 * warp + lane % 16][lane / 16 * 8]);
      HEDDLE_UNROLL
      for (int tile = 0; tile < 8; ++tile) {
        u32 b[2];
        ldmatrix(b, &shared.b[8 * tile + lane % 8][lane / 8 % 2 * 8]);
        mma<bf16>(c[tile], a, b);
      }
    }
    HEDDLE_UNROLL
    for (int tile = 0; tile < 8; ++tile) {
      HEDDLE_UNROLL
      for (int i = 0; i < 4; ++i) {
        Place const place = accumulator_fragment(lane, i);
        p.c[(row + 16 * warp + place.row) * n + column + 8 * tile + place.column] = c[tile][i];
      }
    }
  }
};

TEST_F(Machine, WholeProduct) {
  constexpr std::size_t size = 256;
  auto const a = small_integers<bf16>(size * size, 5), b = small_integers<bf16>(size * size, 6);
  DeviceBuffer<bf16> a_buffer(memory, a), b_buffer(memory, b);
  DeviceBuffer<f32> c(memory, size * size);
  launch<WholeProduct>(dim3(4, 4), {a_buffer.data(), b_buffer.data(), c.data()}, {}, "whole_product");
  std::vector<f32> const a_wide(a.begin(), a.end()), b_wide(b.begin(), b.end());
  std::vector<f32> wanted(size * size);
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t l = 0; l < size; ++l) wanted[i * size + j] += a_wide[i * size + l] * b_wide[j * size + l];
  EXPECT_EQ(c.read(), wanted);
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
