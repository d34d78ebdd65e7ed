// A step of the matrix product against a plain one.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "examples/matrix_product/matrix_product.h"
#include "tests/support/compare.h"
#include "tests/support/device_buffer.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct Sizes {
  int m, n, k;
};

template <class T>
std::vector<T> rounded(i64 count, u64 seed) {
  std::vector<T> values;
  for (f32 const value : uniform(count, seed)) values.push_back(T(value));
  return values;
}

template <class T>
std::vector<double> reference(Sizes sizes, std::vector<T> const& a, std::vector<T> const& b) {
  auto const at = [](std::vector<T> const& values, int index) {
    return static_cast<double>(static_cast<f32>(values[static_cast<std::size_t>(index)]));
  };
  std::vector<double> c(static_cast<std::size_t>(sizes.m * sizes.n));
  for (int row = 0; row < sizes.m; ++row)
    for (int k = 0; k < sizes.k; ++k)
      for (int column = 0; column < sizes.n; ++column)
        c[static_cast<std::size_t>(row * sizes.n + column)] += at(a, row * sizes.k + k) * at(b, k * sizes.n + column);
  return c;
}

template <class T>
void test_product(ProductFn<T>& product, Memory const& memory, Sizes sizes) {
  std::vector<T> const a = rounded<T>(sizes.m * sizes.k, 1), b = rounded<T>(sizes.k * sizes.n, 2);
  DeviceBuffer<T> device_a(memory, a), device_b(memory, b);
  DeviceBuffer<f32> device_c(memory, sizes.m * sizes.n);
  product({sizes.m, sizes.n, sizes.k, device_a.data(), device_b.data(), device_c.data()}, {});
  EXPECT_TRUE(within(device_c.read(), reference(sizes, a, b), accumulation_bound<f32>(sizes.k, sizes.k / 3.0)));
  EXPECT_TRUE(device_c.guards_intact());
}

/// Runs test(step) for all of them on the emulator.
template <class Test>
void for_each_emulated_step(Test test) {
  test(emulated::naive_product);
  test(emulated::coalesced_product);
  test(emulated::shared_tile_product);
  test(emulated::register_tile_product);
  test(emulated::pipelined_product);
  test(emulated::tensor_core_product);
  test(emulated::warpgroup_product);
}

}  // namespace heddle::testing
