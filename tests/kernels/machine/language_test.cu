// Indices, barriers, accesses and conversions, against formulas.
#include <algorithm>
#include <cmath>

#include "tests/kernels/machine/primitive_test.cuh"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

struct Indices {
  static constexpr int threads = 96;
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    p.result[blockIdx.x * blockDim.x + threadIdx.x] = threadIdx.x + 1000 * blockIdx.x + 100000 * gridDim.x;
  }
};

TEST_F(Machine, Indices) {
  EXPECT_EQ(results<Indices>(3), expected(96, 3, [](int t, int b) { return t + 1000 * b + 300000; }));
}

/// A value crosses the block at a barrier, and the warp at __syncwarp.
struct Barriers {
  static constexpr int threads = 128;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    u32 words[threads];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    u32 const thread = threadIdx.x;
    shared.words[thread] = thread;
    __syncthreads();
    u32 const mirrored = shared.words[threads - 1 - thread];
    __syncthreads();
    shared.words[thread] = mirrored;
    __syncwarp();
    p.result[thread] = shared.words[thread ^ 5];
  }
};

TEST_F(Machine, Barriers) {
  EXPECT_EQ(results<Barriers>(1), expected(128, 1, [](int t, int) { return 127 - (t ^ 5); }));
}

/// f32 to T and back for 16 bytes of T at a time.
template <class T>
struct Conversions {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
    f32 const* values;  // [32]
    T* narrow;          // [32]
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    store(p.narrow + threadIdx.x, from_f32<T>(load_constant<f32>(p.values + threadIdx.x)));
    __syncwarp();
    p.result[threadIdx.x] = std::bit_cast<u32>(to_f32(p.narrow[threadIdx.x ^ 1]));
  }
};

template <class T>
void test_conversions() {
  std::vector<f32> values = heddle::testing::uniform(32, 5, -3, 3);
  f32 const special[] = {0.0f, -0.0f, 1e-7f, 6e-8f, 65504, 65520, 1e38f, 3.4e38f, INFINITY, -INFINITY, 1 + 0x1p-9f};
  std::copy(std::begin(special), std::end(special), values.begin());
  DeviceBuffer<f32> in(memory, values);
  DeviceBuffer<T> narrow(memory, 32);
  EXPECT_EQ(results<Conversions<T>>(1, in.data(), narrow.data()), expected(32, 1, [&](int t, int) {
              return std::bit_cast<u32>(static_cast<f32>(T(values[static_cast<std::size_t>(t ^ 1)])));
            }));
}

TEST_F(Machine, ConversionsAreExact) {
  test_conversions<f16>();
  test_conversions<bf16>();
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
