// Products in double precision by a warp: exact for integers, else within what the roundings of a sum may lose.
#include <cmath>

#include "kernels/core/philox.h"
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// d += a b^T, over k in steps of 4.
struct Product {
  static constexpr int threads = 32, k = 12;
  struct Params {
    double const* a;  // [8, k]
    double const* b;  // [8, k]
    double* d;        // [8, 8]
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    int const lane = static_cast<int>(threadIdx.x);
    Place const a = a_fragment<double>(lane, 0), b = b_fragment<double>(lane, 0);
    double d[2];
    for (int i = 0; i < 2; ++i) {
      Place const place = accumulator_fragment(lane, i);
      d[i] = p.d[8 * place.row + place.column];
    }
    for (int first = 0; first < k; first += 4)
      mma(d, p.a[k * a.row + first + a.column], p.b[k * b.column + first + b.row]);
    for (int i = 0; i < 2; ++i) {
      Place const place = accumulator_fragment(lane, i);
      p.d[8 * place.row + place.column] = d[i];
    }
  }
};

/// From -1 to 1, with all the bits of a double; or integers.
std::vector<double> draw(std::size_t count, u64 seed, bool integers) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto const bits = philox(seed, 0, i);
    u64 const word = u64{bits[0]} << 32 | bits[1];
    values[i] = integers ? static_cast<double>(word % 2001) - 1000 : static_cast<double>(word >> 11) * 0x1p-52 - 1;
  }
  return values;
}

TEST_F(Machine, ProductsOfDoubles) {
  constexpr std::size_t k = Product::k;
  for_each_execution([] {
    for (bool const integers : {true, false}) {
      auto const a = draw(8 * k, 1, integers), b = draw(8 * k, 2, integers), c = draw(64, 3, integers);
      DeviceBuffer<double> a_buffer(memory, a), b_buffer(memory, b), d(memory, c);
      launch<Product>(1, {a_buffer.data(), b_buffer.data(), d.data()}, {}, "product");
      EXPECT_TRUE(d.guards_intact());
      std::vector<double> const actual = d.read();
      for (std::size_t i = 0; i < 64; ++i) {
        long double sum = c[i], magnitude = std::abs(c[i]);
        for (std::size_t j = 0; j < k; ++j) {
          long double const product = static_cast<long double>(a[i / 8 * k + j]) * b[i % 8 * k + j];
          sum += product;
          magnitude += std::abs(product);
        }
        double const lost = integers ? 0 : static_cast<double>(k * magnitude) * 0x1p-52;
        EXPECT_LE(std::abs(static_cast<double>(actual[i] - sum)), lost) << i;
      }
    }
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
