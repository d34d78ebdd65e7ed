// Products by a warp against plain ones: exact for integers, and within a bound that covers the hardware's truncated
// sums for reals. Operands come to the registers by ldmatrix, which knows nothing of fragment.h, and by fragment.h.
#include <cmath>
#include <cstring>
#include <type_traits>

#include "tests/kernels/machine/primitive_test.cuh"
#include "tests/support/compare.h"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

using heddle::testing::small_integers;
using heddle::testing::uniform;
using heddle::testing::within;

enum class Path : u8 { fragments, matrices };

/// d += a b^T by one instruction. D is the type of an element; accumulators of f16 go in pairs.
template <class T, class D, int words, Path path>
struct Product {
  static constexpr int threads = 32, packed = 4 / sizeof(T), k = 2 * packed * words;
  struct Params {
    T const* a;  // [16, k]
    T const* b;  // [8, k]
    D* d;        // [16, 8]
  };
  struct SharedStorage {
    alignas(16) T a[16][k];
    alignas(16) T b[8][k];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const lane = static_cast<int>(threadIdx.x);
    for (int i = lane; i < 16 * k; i += threads) shared.a[i / k][i % k] = p.a[i];
    for (int i = lane; i < 8 * k; i += threads) shared.b[i / k][i % k] = p.b[i];
    __syncwarp();

    u32 a[words], b[words / 2];
    if constexpr (path == Path::matrices) {
      ldmatrix(a, reinterpret_cast<u8 const*>(shared.a[lane % 16]) + 16 * (lane / 16));
      ldmatrix(b, reinterpret_cast<u8 const*>(shared.b[lane % 8]) + 16 * (lane / 8));
    } else {
      constexpr int a_count = words * packed, b_count = a_count / 2;
      T a_elements[a_count], b_elements[b_count];
      for (int i = 0; i < a_count; ++i) {
        Place const place = a_fragment<T>(lane, i);
        a_elements[i] = shared.a[place.row][place.column];
      }
      for (int i = 0; i < b_count; ++i) {
        Place const place = b_fragment<T>(lane, i);
        b_elements[i] = shared.b[place.column][place.row];
      }
      std::memcpy(a, a_elements, sizeof a);
      std::memcpy(b, b_elements, sizeof b);
    }

    using Register = std::conditional_t<std::is_same_v<D, f16>, u32, D>;
    D elements[4];
    Register d[sizeof(D) * 4 / sizeof(Register)];
    for (int i = 0; i < 4; ++i) {
      Place const place = accumulator_fragment(lane, i);
      elements[i] = p.d[8 * place.row + place.column];
    }
    std::memcpy(d, elements, sizeof d);
    mma<T>(d, a, b);
    std::memcpy(static_cast<void*>(elements), d, sizeof d);
    for (int i = 0; i < 4; ++i) {
      Place const place = accumulator_fragment(lane, i);
      p.d[8 * place.row + place.column] = elements[i];
    }
  }
};

template <class T>
double value(T element) {
  return static_cast<double>(static_cast<f32>(element));
}
double value(i32 element) { return element; }

/// What an instruction may lose, as a share of |c| + sum |a b|: of each term what lies below a bit that is this far
/// from the largest (arXiv 2511.10909), and of the result what f16 cannot hold, twice where k is done in two steps.
template <class T, class D>
double lost(int k) {
  double const cut = std::is_same_v<T, f8e4m3> ? 0x1p-13 : 0x1p-24;
  return (k + 4) * cut + (std::is_same_v<D, f16> ? 0x1p-10 : 0);
}

/// exact: no error is allowed.
template <class T, class D, int words, Path path>
void test_product(std::vector<T> const& a, std::vector<T> const& b, std::vector<D> const& c, bool exact) {
  using Kernel = Product<T, D, words, path>;
  DeviceBuffer<T> a_buffer(memory, a), b_buffer(memory, b);
  DeviceBuffer<D> d(memory, c);
  launch<Kernel>(1, {a_buffer.data(), b_buffer.data(), d.data()}, {}, "product");
  EXPECT_TRUE(d.guards_intact());

  std::vector<double> sums(16 * 8), magnitudes(16 * 8);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    std::size_t const row = i / 8, column = i % 8;
    sums[i] = value(c[i]);
    magnitudes[i] = std::abs(sums[i]);
    for (std::size_t j = 0; j < Kernel::k; ++j) {
      double const product = value(a[row * Kernel::k + j]) * value(b[column * Kernel::k + j]);
      sums[i] += product;
      magnitudes[i] += std::abs(product);
    }
  }
  std::vector<D> const actual = d.read();
  if constexpr (std::is_same_v<D, i32>)
    for (std::size_t i = 0; i < sums.size(); ++i)
      ASSERT_EQ(actual[i], static_cast<i32>(static_cast<u32>(static_cast<i64>(sums[i])))) << i;
  else
    EXPECT_TRUE(
        within(actual, sums, [&](std::size_t i, double) { return exact ? 0 : lost<T, D>(Kernel::k) * magnitudes[i]; }))
        << "k = " << Kernel::k;
}

template <class T, class D, int words>
void test_products() {
  constexpr int k = Product<T, D, words, Path::matrices>::k;
  for (u64 seed = 0; seed < 5; ++seed) {
    auto const a = small_integers<T>(16 * k, seed), b = small_integers<T>(8 * k, seed + 100);
    auto const c = small_integers<D>(16 * 8, seed + 200, -20, 20);
    test_product<T, D, words, Path::fragments>(a, b, c, true);
    test_product<T, D, words, Path::matrices>(a, b, c, true);
  }
  if constexpr (!std::is_same_v<T, i8>)
    for (u64 seed = 0; seed < 5; ++seed)
      test_product<T, D, words, Path::matrices>(uniform<T>(16 * k, seed), uniform<T>(8 * k, seed + 100),
                                                uniform<D>(16 * 8, seed + 200), false);
}

TEST_F(Machine, ProductsOfBf16) {
  for_each_execution([] {
    test_products<bf16, f32, 2>();
    test_products<bf16, f32, 4>();
  });
}

TEST_F(Machine, ProductsOfF16) {
  for_each_execution([] {
    test_products<f16, f32, 2>();
    test_products<f16, f32, 4>();
  });
}

TEST_F(Machine, ProductsOfF16AddedUpInF16) {
  for_each_execution([] {
    test_products<f16, f16, 2>();
    test_products<f16, f16, 4>();
  });
}

TEST_F(Machine, ProductsOfTf32) {
  for_each_execution([] {
    test_products<tf32, f32, 2>();
    test_products<tf32, f32, 4>();
  });
}

TEST_F(Hopper, ProductsOfF8e4m3) {
  for_each_execution([] { test_products<f8e4m3, f32, 4>(); });
}

TEST_F(Machine, ProductsOfI8) {
  for_each_execution([] {
    test_products<i8, i32, 2>();
    test_products<i8, i32, 4>();
  });
}

TEST_F(Machine, ProductsOfI8WrapAround) {
  auto const a = small_integers<i8>(16 * 32, 1, -128, 127), b = small_integers<i8>(8 * 32, 2, -128, 127);
  std::vector<i32> c(16 * 8);
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = i % 2 == 0 ? INT32_MAX - 5 : INT32_MIN + 5;
  test_product<i8, i32, 4, Path::matrices>(a, b, c, true);
}

template <class T>
void test_infinities() {
  constexpr int k = Product<T, f32, 4, Path::matrices>::k;
  auto a = small_integers<T>(16 * k, 7), b = small_integers<T>(8 * k, 8);
  a[3] = T(INFINITY), a[2 * k + 1] = T(-INFINITY), b[3] = T(0.0f), b[k] = T(NAN);
  test_product<T, f32, 4, Path::matrices>(a, b, std::vector<f32>(16 * 8), true);
}

TEST_F(Machine, ProductsOfInfinitiesAndNan) {
  test_infinities<bf16>();
  test_infinities<f16>();
  test_infinities<tf32>();
}

/// What PTX calls undefined and all hardware so far does: elements of tf32 end at bit 13.
TEST_F(Machine, LowBitsOfTf32AreIgnored) {
  auto a = small_integers<tf32>(16 * 8, 3), b = small_integers<tf32>(8 * 8, 4);
  auto const sums = [&] {
    DeviceBuffer<tf32> a_buffer(memory, a), b_buffer(memory, b);
    DeviceBuffer<f32> d(memory, std::vector<f32>(16 * 8));
    launch<Product<tf32, f32, 4, Path::matrices>>(1, {a_buffer.data(), b_buffer.data(), d.data()}, {}, "product");
    return d.read();
  };
  std::vector<f32> const wanted = sums();
  for (tf32& element : a) element.bits |= 0x1fff;
  for (tf32& element : b) element.bits |= 0x0555;
  EXPECT_EQ(sums(), wanted);
}

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
