// Products by a warp against plain ones, exact where sums are, and within a bound that covers the hardware's truncated
// sums.
#include <cmath>

#include "tests/kernels/machine/mma_test.cuh"
#include "tests/support/compare.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

using heddle::testing::uniform;
using heddle::testing::within;

template <class T>
double value(T element) {
  return static_cast<double>(static_cast<f32>(element));
}

/// What an instruction may lose, as a share of |c| + sum |a b|: of each term what lies below a bit that is this far
/// from the largest (arXiv 2511.10909), and of the result what f16 cannot hold, twice where k is done in two steps.
template <class T, class D>
double lost(int k) {
  double const cut = is_f8<T> ? 0x1p-13 : 0x1p-24;
  return (k + 4) * cut + (std::is_same_v<D, f16> ? 0x1p-10 : 0);
}

/// exact: no error is allowed.
template <class A, class B, class D, int words, Path path>
void test_product(std::vector<A> const& a, std::vector<B> const& b, std::vector<D> const& c, bool exact) {
  using Kernel = Product<A, B, D, words, path>;
  std::vector<D> const actual = product<Kernel>(a, b, c);
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
  EXPECT_TRUE(
      within(actual, sums, [&](std::size_t i, double) { return exact ? 0 : lost<A, D>(Kernel::k) * magnitudes[i]; }))
      << "k = " << Kernel::k;
}

template <class A, class B, class D, int words>
void test_products() {
  constexpr int k = mma_k<A>(words);
  for (u64 seed = 0; seed < 5; ++seed) {
    auto const a = small_integers<A>(16 * k, seed);
    auto const b = small_integers<B>(8 * k, seed + 100);
    auto const c = small_integers<D>(16 * 8, seed + 200, -20, 20);
    test_product<A, B, D, words, Path::fragments>(a, b, c, true);
    test_product<A, B, D, words, Path::matrices>(a, b, c, true);
  }
  for (u64 seed = 0; seed < 5; ++seed)
    test_product<A, B, D, words, Path::matrices>(uniform<A>(16 * k, seed), uniform<B>(8 * k, seed + 100),
                                                 uniform<D>(16 * 8, seed + 200), false);
}

TEST_F(Machine, ProductsOfBf16) {
  for_each_execution([] {
    test_products<bf16, bf16, f32, 2>();
    test_products<bf16, bf16, f32, 4>();
  });
}

TEST_F(Machine, ProductsOfF16) {
  for_each_execution([] {
    test_products<f16, f16, f32, 2>();
    test_products<f16, f16, f32, 4>();
  });
}

TEST_F(Machine, ProductsOfF16AddedUpInF16) {
  for_each_execution([] {
    test_products<f16, f16, f16, 2>();
    test_products<f16, f16, f16, 4>();
  });
}

TEST_F(Machine, ProductsOfTf32) {
  for_each_execution([] {
    test_products<tf32, tf32, f32, 2>();
    test_products<tf32, tf32, f32, 4>();
  });
}

template <class A, class B>
void test_f8() {
  for_each_execution([] {
    test_products<A, B, f32, 4>();
    test_products<A, B, f16, 4>();
  });
}

TEST_F(Hopper, ProductsOfF8e4m3) { test_f8<f8e4m3, f8e4m3>(); }
TEST_F(Hopper, ProductsOfF8e5m2) { test_f8<f8e5m2, f8e5m2>(); }
TEST_F(Hopper, ProductsOfF8e4m3AndF8e5m2) { test_f8<f8e4m3, f8e5m2>(); }
TEST_F(Hopper, ProductsOfF8e5m2AndF8e4m3) { test_f8<f8e5m2, f8e4m3>(); }

/// Conversions to e5m2 give the largest number, which comes before infinity.
template <class T>
T infinite(f32 infinity) {
  T element(infinity);
  if constexpr (std::is_same_v<T, f8e5m2>) ++element.bits;
  return element;
}

template <class T>
void test_infinities() {
  constexpr int k = mma_k<T>(4);
  auto a = small_integers<T>(16 * k, 7), b = small_integers<T>(8 * k, 8);
  a[3] = infinite<T>(INFINITY), a[2 * k + 1] = infinite<T>(-INFINITY), b[3] = T(0.0f), b[k] = T(NAN);
  test_product<T, T, f32, 4, Path::matrices>(a, b, std::vector<f32>(16 * 8), true);
}

TEST_F(Machine, ProductsOfInfinitiesAndNan) {
  test_infinities<bf16>();
  test_infinities<f16>();
  test_infinities<tf32>();
}

TEST_F(Hopper, ProductsOfF8e5m2OfInfinitiesAndNan) { test_infinities<f8e5m2>(); }

/// What PTX calls undefined and all hardware so far does: elements of tf32 end at bit 13.
TEST_F(Machine, LowBitsOfTf32AreIgnored) {
  auto a = small_integers<tf32>(16 * 8, 3), b = small_integers<tf32>(8 * 8, 4);
  auto const sums = [&] {
    return product<Product<tf32, tf32, f32, 4, Path::matrices>>(a, b, std::vector<f32>(16 * 8));
  };
  std::vector<f32> const wanted = sums();
  for (tf32& element : a) element.bits |= 0x1fff;
  for (tf32& element : b) element.bits |= 0x0555;
  EXPECT_EQ(sums(), wanted);
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
