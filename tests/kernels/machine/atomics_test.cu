// Atomic operations of CUDA C++ by many blocks at once.
#include <algorithm>
#include <type_traits>

#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

struct Atomics {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
    int* signed_sum;
    unsigned* unsigned_sum;
    f32* float_sum;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    atomicAdd(p.signed_sum, -static_cast<int>(threadIdx.x));
    atomicAdd(p.float_sum, 0.5f);
    p.result[blockIdx.x * threads + threadIdx.x] = atomicAdd(p.unsigned_sum, 1u);
  }
};

TEST_F(Machine, AtomicsAcrossBlocks) {
  DeviceBuffer<int> signed_sum(memory, std::vector<int>{0});
  DeviceBuffer<unsigned> unsigned_sum(memory, std::vector<unsigned>{0});
  DeviceBuffer<f32> float_sum(memory, std::vector<f32>{0});
  std::vector<u32> tickets = results<Atomics>(20, signed_sum.data(), unsigned_sum.data(), float_sum.data());
  std::sort(tickets.begin(), tickets.end());
  EXPECT_EQ(tickets, expected(64, 20, [](int t, int b) { return 64 * b + t; }));
  EXPECT_EQ(signed_sum.read()[0], -20 * 63 * 32);
  EXPECT_EQ(unsigned_sum.read()[0], 1280u);
  EXPECT_EQ(float_sum.read()[0], 640.0f);
}

/// Every thread of 20 blocks takes part in one word of each kind of operation.
template <class T>
struct AtomicWords {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
    T* words;  // [8]
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    int const i = static_cast<int>(blockIdx.x * threads + threadIdx.x);
    atomicAdd(p.words + 0, static_cast<T>(i));
    atomicMin(p.words + 1, static_cast<T>(1000 - i));
    atomicMax(p.words + 2, static_cast<T>(i));
    atomicAnd(p.words + 3, static_cast<T>(~(1 << i % 20)));
    atomicOr(p.words + 4, static_cast<T>(1 << i % 20));
    atomicXor(p.words + 5, static_cast<T>(1 << i % 21));
    // A product of odd numbers by compare and swap.
    T old = atomicCAS(p.words + 6, static_cast<T>(2), static_cast<T>(99));
    for (T seen = static_cast<T>(~old); seen != old;) {
      seen = old;
      old = atomicCAS(p.words + 6, seen, static_cast<T>(static_cast<std::make_unsigned_t<T>>(seen) * 3));
    }
    // The thread's number goes in, that of the one before comes out: each comes out once, or stays.
    p.result[i] = static_cast<u32>(atomicExch(p.words + 7, static_cast<T>(i)));
  }
};

template <class T>
void test_atomic_words() {
  constexpr int count = 20 * 64;
  DeviceBuffer<T> words(memory, std::vector<T>{0, 5000, 0, static_cast<T>(-1), 0, 0, 1, count});
  std::vector<u32> seen = results<AtomicWords<T>>(20, words.data());
  std::vector<T> const actual = words.read();
  T product = 1, exclusive = 0, lowest = 5000;
  for (int i = 0; i < count; ++i) {
    using Unsigned = std::make_unsigned_t<T>;
    product = static_cast<T>(static_cast<Unsigned>(product) * 3);
    exclusive = static_cast<T>(exclusive ^ (1 << i % 21));
    lowest = std::min(lowest, static_cast<T>(1000 - i));
  }
  EXPECT_EQ(actual[0], static_cast<T>(count * (count - 1) / 2));
  EXPECT_EQ(actual[1], lowest);
  EXPECT_EQ(actual[2], static_cast<T>(count - 1));
  EXPECT_EQ(actual[3], static_cast<T>(~0xfffffll));
  EXPECT_EQ(actual[4], static_cast<T>(0xfffff));
  EXPECT_EQ(actual[5], exclusive);
  EXPECT_EQ(actual[6], product);
  seen.push_back(static_cast<u32>(actual[7]));
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, expected(count + 1, 1, [](int i, int) { return i; }));
}

TEST_F(Machine, AtomicsOfEveryInteger) {
  test_atomic_words<int>();
  test_atomic_words<unsigned>();
  test_atomic_words<unsigned long long>();
}

struct AtomicSums {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
    double* sum;
    f32* last;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    atomicAdd(p.sum, 0x1p-40 + 0.25);
    p.result[blockIdx.x * threads + threadIdx.x] = static_cast<u32>(atomicExch(p.last, 7.0f));
  }
};

TEST_F(Machine, AtomicsOfFloatingPoint) {
  DeviceBuffer<double> sum(memory, std::vector<double>{0});
  DeviceBuffer<f32> last(memory, std::vector<f32>{3});
  std::vector<u32> seen = results<AtomicSums>(20, sum.data(), last.data());
  EXPECT_EQ(sum.read()[0], 1280 * (0x1p-40 + 0.25));
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 3u), 1);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 7u), 1279);
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
