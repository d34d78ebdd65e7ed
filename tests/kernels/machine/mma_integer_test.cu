// Products of integers by a warp: exact, signed and unsigned, modulo 2^32 or to the nearest that fits.
#include <algorithm>

#include "tests/kernels/machine/mma_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class A, class B, int words, Overflow overflow, Path path = Path::matrices>
void test_product(std::vector<A> const& a, std::vector<B> const& b, std::vector<i32> const& c) {
  constexpr std::size_t k = mma_k<A>(words);
  std::vector<i32> wanted(c.size());
  for (std::size_t i = 0; i < c.size(); ++i) {
    i64 sum = c[i];
    for (std::size_t j = 0; j < k; ++j) sum += i64{a[i / 8 * k + j]} * b[i % 8 * k + j];
    if (overflow == Overflow::saturates) sum = std::clamp<i64>(sum, INT32_MIN, INT32_MAX);
    wanted[i] = static_cast<i32>(static_cast<u32>(sum));
  }
  EXPECT_EQ((product<Product<A, B, i32, words, path, overflow>>(a, b, c)), wanted);
}

/// All numbers of a type.
template <class T>
std::vector<T> any(i64 count, u64 seed) {
  return small_integers<T>(count, seed, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

/// Sums that stay within 32 bits, and such as leave them on either side or come back.
template <class A, class B, int words>
void test_products() {
  constexpr int k = mma_k<A>(words);
  for (u64 seed = 0; seed < 5; ++seed) {
    auto const a = any<A>(16 * k, seed);
    auto const b = any<B>(8 * k, seed + 100);
    auto c = small_integers<i32>(16 * 8, seed + 200, -20, 20);
    test_product<A, B, words, Overflow::wraps, Path::fragments>(a, b, c);
    test_product<A, B, words, Overflow::wraps>(a, b, c);
    for (std::size_t i = 0; i < c.size(); ++i) c[i] = i % 2 == 0 ? INT32_MAX - 5 : INT32_MIN + 5;
    test_product<A, B, words, Overflow::wraps>(a, b, c);
    test_product<A, B, words, Overflow::saturates>(a, b, c);
  }
}

template <class A, class B>
void test_products() {
  for_each_execution([] {
    test_products<A, B, 2>();
    test_products<A, B, 4>();
  });
}

TEST_F(Machine, ProductsOfI8) { test_products<i8, i8>(); }
TEST_F(Machine, ProductsOfU8) { test_products<u8, u8>(); }
TEST_F(Machine, ProductsOfI8AndU8) { test_products<i8, u8>(); }
TEST_F(Machine, ProductsOfU8AndI8) { test_products<u8, i8>(); }

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
