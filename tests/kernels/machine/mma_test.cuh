// A product by a warp. Operands come to the registers by ldmatrix, which knows nothing of fragment.h, and by
// fragment.h.
#pragma once

#include <cstring>
#include <type_traits>

#include "tests/kernels/machine/primitive_test.cuh"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {

using heddle::testing::small_integers;

enum class Path : u8 { fragments, matrices };

/// d += a b^T by one instruction. D is the type of an element; accumulators of f16 go in pairs.
template <class A, class B, class D, int words, Path path, Overflow overflow = Overflow::wraps>
struct Product {
  static constexpr int threads = 32, k = mma_k<A>(words);
  struct Params {
    A const* a;  // [16, k]
    B const* b;  // [8, k]
    D* d;        // [16, 8]
  };
  struct SharedStorage {
    alignas(16) A a[16][k];
    alignas(16) B b[8][k];
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
      constexpr int a_count = words * 4 / sizeof(A), b_count = a_count / 2;
      A a_elements[a_count];
      B b_elements[b_count];
      for (int i = 0; i < a_count; ++i) {
        Place const place = a_fragment<A>(lane, i);
        a_elements[i] = shared.a[place.row][place.column];
      }
      for (int i = 0; i < b_count; ++i) {
        Place const place = b_fragment<B>(lane, i);
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
    mma<A, B, overflow>(d, a, b);
    std::memcpy(static_cast<void*>(elements), d, sizeof d);
    for (int i = 0; i < 4; ++i) {
      Place const place = accumulator_fragment(lane, i);
      p.d[8 * place.row + place.column] = elements[i];
    }
  }
};

/// What the instruction makes of c.
template <class Kernel, class A, class B, class D>
std::vector<D> product(std::vector<A> const& a, std::vector<B> const& b, std::vector<D> const& c) {
  DeviceBuffer<A> a_buffer(memory, a);
  DeviceBuffer<B> b_buffer(memory, b);
  DeviceBuffer<D> d(memory, c);
  launch<Kernel>(1, {a_buffer.data(), b_buffer.data(), d.data()}, {}, "product");
  EXPECT_TRUE(d.guards_intact());
  return d.read();
}

}  // namespace heddle::HEDDLE_BACKEND
