// Products by warpgroups against plain ones: exact for integers, and within a bound that covers the hardware's
// truncated sums for reals. Operands come to shared memory by plain stores to where operand_tile.h says.
#include <cmath>
#include <cstring>
#include <utility>

#include "tests/kernels/machine/primitive_test.cuh"
#include "tests/support/compare.h"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

using heddle::testing::small_integers;
using heddle::testing::uniform;
using heddle::testing::within;

struct Case {
  int n = 16;
  Swizzle swizzle = Swizzle::bytes_128;
  WgmmaOptions options = {};
  bool a_in_registers = false;
  int warpgroups = 1;
};

/// Registers of accumulators D: of f16 they hold pairs.
template <class D>
using Register = std::conditional_t<std::is_same_v<D, f16>, u32, D>;

/// d = a b^T, or d += a b^T, over two lines of the widest swizzle along k: 8 steps. Each warpgroup has 64 rows of d.
template <class A, class B, class D, Case c>
struct Product {
  static constexpr int threads = 128 * c.warpgroups, m = 64 * c.warpgroups, n = c.n, k = 256 / sizeof(A);
  static constexpr int steps = k / wgmma_k<A>;
  static constexpr OperandTile a_tile = {c.options.a, c.swizzle, static_cast<u32>(c.options.a == Major::k ? m : k)};
  static constexpr OperandTile b_tile = {c.options.b, c.swizzle, static_cast<u32>(c.options.b == Major::k ? n : k)};
  // Lines are filled up to whole panels.
  static constexpr int b_bytes = (c.options.b == Major::k ? k : (n + 63) / 64 * 64) * sizeof(B) * b_tile.lines;
  struct Params {
    A const* a;  // [m, k]
    B const* b;  // [n, k]
    D* d;        // [m, n]
    bool accumulate;
  };
  struct SharedStorage {
    alignas(1024) u8 a[m * k * sizeof(A)];
    alignas(1024) u8 b[b_bytes];
  };

  template <class T>
  HEDDLE_DEVICE static void fill(u8* shared, OperandTile tile, T const* global, int rows) {
    for (int i = static_cast<int>(threadIdx.x); i < rows * k; i += threads) {
      u32 const x = static_cast<u32>(i / k), along_k = static_cast<u32>(i % k), bytes = sizeof(T);
      u32 const offset =
          tile.major == Major::k ? tile_offset(tile, x, along_k * bytes) : tile_offset(tile, along_k, x * bytes);
      std::memcpy(shared + offset, global + i, sizeof(T));
    }
  }

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    fill(shared.a, a_tile, p.a, m);
    fill(shared.b, b_tile, p.b, n);
    fence_proxy_async();
    __syncthreads();

    int const thread = static_cast<int>(threadIdx.x) % 128, first_row = static_cast<int>(threadIdx.x) / 128 * 64;
    MatrixDescriptor const a = describe_tile(a_tile, shared_address(shared.a));
    MatrixDescriptor const b = describe_tile(b_tile, shared_address(shared.b));
    [[maybe_unused]] u32 a_registers[steps][4];
    if constexpr (c.a_in_registers) {
      for (int step = 0; step < steps; ++step) {
        A row_elements[16 / sizeof(A)];
        for (int i = 0; i < static_cast<int>(16 / sizeof(A)); ++i) {
          Place const place = a_fragment<A>(thread, i);
          row_elements[i] = p.a[(first_row + place.row) * k + step * wgmma_k<A> + place.column];
        }
        std::memcpy(a_registers[step], row_elements, sizeof row_elements);
      }
    }
    D elements[n / 2];
    for (int i = 0; i < n / 2; ++i) {
      Place const place = accumulator_fragment(thread, i);
      elements[i] = p.d[(first_row + place.row) * n + place.column];
    }
    Register<D> d[n * sizeof(D) / 8];
    std::memcpy(d, elements, sizeof d);

    if constexpr (c.a_in_registers)
      wgmma_fence(d, a_registers);
    else
      wgmma_fence(d);
    HEDDLE_UNROLL
    for (int step = 0; step < steps; ++step) {
      u32 const along_k = static_cast<u32>(step * wgmma_k<A>);
      MatrixDescriptor const b_step = advance(b, operand_step(b_tile, 0, along_k, sizeof(B)));
      bool const accumulate = p.accumulate || step > 0;
      if constexpr (c.a_in_registers)
        wgmma<A, B, c.options>(d, a_registers[step], b_step, accumulate);
      else
        wgmma<A, B, c.options>(d, advance(a, operand_step(a_tile, static_cast<u32>(first_row), along_k, sizeof(A))),
                               b_step, accumulate);
    }
    wgmma_commit();
    wgmma_wait<0>(d);
    std::memcpy(static_cast<void*>(elements), d, sizeof d);
    for (int i = 0; i < n / 2; ++i) {
      Place const place = accumulator_fragment(thread, i);
      p.d[(first_row + place.row) * n + place.column] = elements[i];
    }
  }
};

template <class T>
double value(T element) {
  return static_cast<double>(static_cast<f32>(element));
}
double value(i32 element) { return element; }

/// What is lost, as a share of |c| + sum |a b|: in each of 8 steps, of each term what lies below a bit that is this far
/// from the largest (arXiv 2511.10909). Sums of f16 are rounded at the end of each step besides.
template <class T, class D>
double lost(int k) {
  double const rounded = std::is_same_v<D, f16> ? 8 * unit_roundoff<f16> : 0;
  return (k + 2 * 8) * (is_f8<T> ? 0x1p-13 : 0x1p-24) + rounded;
}

template <class A, class B, class D, Case c>
void test_product(bool exact, bool accumulate) {
  using Kernel = Product<A, B, D, c>;
  constexpr int m = Kernel::m, n = Kernel::n, k = Kernel::k;
  constexpr int least = std::is_unsigned_v<A> ? 0 : -3, largest = std::is_unsigned_v<A> ? 255 : 3;
  auto const a = exact ? small_integers<A>(m * k, 1, least, largest) : uniform<A>(m * k, 1);
  auto const b = exact ? small_integers<B>(n * k, 2, least, largest) : uniform<B>(n * k, 2);
  auto initial = exact ? small_integers<D>(m * n, 3, -20, 20) : uniform<D>(m * n, 3);
  DeviceBuffer<A> a_buffer(memory, a);
  DeviceBuffer<B> b_buffer(memory, b);
  DeviceBuffer<D> d(memory, m * n);
  if (accumulate) memory.copy(d.data(), initial.data(), d.bytes(), CopyKind::host_to_device, {});
  launch<Kernel>(1, {a_buffer.data(), b_buffer.data(), d.data(), accumulate}, {}, "product");
  EXPECT_TRUE(d.guards_intact());

  double const sign = c.options.negate_a != c.options.negate_b ? -1 : 1;
  std::vector<double> sums(static_cast<std::size_t>(m * n)), magnitudes(sums.size()), actual;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] = accumulate ? value(initial[i]) : 0;
    magnitudes[i] = std::abs(sums[i]);
    for (std::size_t j = 0; j < k; ++j) {
      double const product = value(a[i / n * k + j]) * value(b[i % n * k + j]);
      sums[i] += sign * product;
      magnitudes[i] += std::abs(product);
    }
  }
  for (D const element : d.read()) actual.push_back(value(element));
  EXPECT_TRUE(within(actual, sums, [&](std::size_t i, double) { return exact ? 0 : lost<A, D>(k) * magnitudes[i]; }))
      << "n = " << n << ", swizzle " << static_cast<int>(c.swizzle) << ", majors " << static_cast<int>(c.options.a)
      << static_cast<int>(c.options.b) << (c.a_in_registers ? ", A in registers" : "");
}

template <class T>
using Sum = std::conditional_t<std::is_integral_v<T>, i32, f32>;

template <class T, Case c, class D = Sum<T>>
void test_product() {
  test_product<T, T, D, c>(true, true);
  test_product<T, T, D, c>(true, false);
  if constexpr (!std::is_integral_v<T>) test_product<T, T, D, c>(false, true);
}

class Wgmma : public Machine {
 protected:
  void SetUp() override { skip_below(9); }
};

template <class T, class D, int... eighths>
void test_every_n(std::integer_sequence<int, eighths...>) {
  auto const test = []<int n>(std::integral_constant<int, n>) {
    if constexpr (wgmma_exists<T, T, Register<D>>(n, {})) test_product<T, T, D, Case{.n = n}>(true, true);
  };
  (test(std::integral_constant<int, 8 * eighths + 8>{}), ...);
}

TEST_F(Wgmma, EveryN) {
  test_every_n<bf16, f32>(std::make_integer_sequence<int, 32>());
  test_every_n<f16, f16>(std::make_integer_sequence<int, 32>());
  test_every_n<i8, i32>(std::make_integer_sequence<int, 32>());
}

template <class T, class D, Swizzle swizzle>
void test_operands() {
  test_product<T, Case{.n = 24, .swizzle = swizzle}, D>();
  test_product<T, Case{.n = 64, .swizzle = swizzle, .a_in_registers = true}, D>();
}

template <class T, class D = Sum<T>>
void test_operands() {
  for_each_execution([] {
    test_operands<T, D, Swizzle::none>();
    test_operands<T, D, Swizzle::bytes_32>();
    test_operands<T, D, Swizzle::bytes_64>();
    test_operands<T, D, Swizzle::bytes_128>();
  });
}

TEST_F(Wgmma, Bf16) { test_operands<bf16>(); }
TEST_F(Wgmma, F16) { test_operands<f16>(); }
TEST_F(Wgmma, Tf32) { test_operands<tf32>(); }
TEST_F(Wgmma, F8e4m3) { test_operands<f8e4m3>(); }
TEST_F(Wgmma, F16ToF16) { test_operands<f16, f16>(); }
TEST_F(Wgmma, F8e4m3ToF16) { test_operands<f8e4m3, f16>(); }
TEST_F(Wgmma, I8) { test_operands<i8>(); }
TEST_F(Wgmma, U8) { test_operands<u8>(); }

template <class A, class B>
void test_f8() {
  test_product<A, B, f32, Case{}>(true, true);
  test_product<A, B, f32, Case{.a_in_registers = true}>(false, true);
  test_product<A, B, f16, Case{}>(true, true);
}

TEST_F(Wgmma, F8e5m2) { test_f8<f8e5m2, f8e5m2>(); }
TEST_F(Wgmma, F8e4m3ByF8e5m2) { test_f8<f8e4m3, f8e5m2>(); }
TEST_F(Wgmma, F8e5m2ByF8e4m3) { test_f8<f8e5m2, f8e4m3>(); }

template <class T, Swizzle swizzle>
void test_majors() {
  test_product<T, Case{.n = 96, .swizzle = swizzle, .options = {.a = Major::mn}, .warpgroups = 2}>();
  test_product<T, Case{.n = 96, .swizzle = swizzle, .options = {.b = Major::mn}, .warpgroups = 2}>();
  test_product<T, Case{.n = 72, .swizzle = swizzle, .options = {.a = Major::mn, .b = Major::mn}}>();
  test_product<T, Case{.n = 96, .swizzle = swizzle, .options = {.b = Major::mn}, .a_in_registers = true}>();
}

template <class T>
void test_majors() {
  for_each_execution([] {
    test_majors<T, Swizzle::none>();
    test_majors<T, Swizzle::bytes_32>();
    test_majors<T, Swizzle::bytes_64>();
    test_majors<T, Swizzle::bytes_128>();
  });
}

TEST_F(Wgmma, MajorsOfBf16) { test_majors<bf16>(); }
TEST_F(Wgmma, MajorsOfF16) { test_majors<f16>(); }

TEST_F(Wgmma, Negated) {
  test_product<bf16, Case{.options = {.negate_a = true}}>();
  test_product<tf32, Case{.options = {.negate_b = true}}>();
  test_product<f8e4m3, Case{.options = {.negate_a = true, .negate_b = true}}>();
  test_product<f16, Case{.options = {.negate_b = true}, .a_in_registers = true}>();
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
