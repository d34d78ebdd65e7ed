// The language and the warp collectives of CUDA C++, against formulas. Compiled for the emulator and for CUDA: both
// must agree with them.
#include <algorithm>
#include <cmath>
#include <cstring>

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

enum class Shuffle : u8 { from, up, down, exchange };

struct Shuffles {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
    Shuffle kind;
    int operand, width;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    u32 value = 10 * threadIdx.x + 7;
    if (p.kind == Shuffle::from) value = __shfl_sync(full_mask, value, p.operand, p.width);
    if (p.kind == Shuffle::up) value = __shfl_up_sync(full_mask, value, static_cast<u32>(p.operand), p.width);
    if (p.kind == Shuffle::down) value = __shfl_down_sync(full_mask, value, static_cast<u32>(p.operand), p.width);
    if (p.kind == Shuffle::exchange) value = __shfl_xor_sync(full_mask, value, p.operand, p.width);
    p.result[threadIdx.x] = value;
  }
};

/// PTX ISA, shfl.sync, in words: a segment is `width` lanes; a lane that would read beyond its segment keeps its value,
/// except that xor may read a lower segment.
int shuffle_source(Shuffle kind, int lane, int operand, int width) {
  int const first = lane / width * width, last = first + width - 1;
  switch (kind) {
    case Shuffle::from:
      return first + operand % width;
    case Shuffle::up:
      return lane - operand < first ? lane : lane - operand;
    case Shuffle::down:
      return lane + operand > last ? lane : lane + operand;
    case Shuffle::exchange:
      return (lane ^ operand) > last ? lane : lane ^ operand;
  }
  return -1;
}

TEST_F(Machine, ShufflesOfEveryWidth) {
  for (Shuffle const kind : {Shuffle::from, Shuffle::up, Shuffle::down, Shuffle::exchange})
    for (int const width : {1, 2, 4, 8, 16, 32})
      for (int const operand : {0, 1, 3, 5, 16, 31})
        EXPECT_EQ(results<Shuffles>(1, kind, operand, width),
                  expected(64, 1,
                           [=](int thread, int) {
                             int const lane = thread % 32;
                             return 10 * (thread - lane + shuffle_source(kind, lane, operand, width)) + 7;
                           }))
            << "kind " << static_cast<int>(kind) << ", width " << width << ", operand " << operand;
}

struct WideShuffle {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    double const value = __shfl_xor_sync(full_mask, 0.5 + threadIdx.x, 1);
    p.result[threadIdx.x] = static_cast<u32>(2 * value);
  }
};

TEST_F(Machine, ShufflesOf64Bits) {
  EXPECT_EQ(results<WideShuffle>(1), expected(32, 1, [](int t, int) { return 2 * (t ^ 1) + 1; }));
}

/// Even and odd lanes part, and each half acts as a warp of its own.
struct Votes {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    int const lane = threadIdx.x % 32;
    u32 value;
    if (lane % 2 == 0) {
      value = __ballot_sync(0x55555555u, lane < 10);
      value += __any_sync(0x55555555u, lane == 30) ? 1u << 20 : 0;
      value += __all_sync(0x55555555u, lane % 2 == 0) ? 1u << 21 : 0;
    } else {
      value = __ballot_sync(0xaaaaaaaau, lane < 10);
      value += __any_sync(0xaaaaaaaau, lane == 30) ? 1u << 20 : 0;
      value += __all_sync(0xaaaaaaaau, lane < 31) ? 1u << 21 : 0;
    }
    p.result[threadIdx.x] = value;
  }
};

TEST_F(Machine, VotesOfHalfWarps) {
  EXPECT_EQ(results<Votes>(1), expected(64, 1, [](int t, int) { return t % 2 == 0 ? 0x300155 : 0x2aa; }));
}

struct Reductions {
  static constexpr int threads = 40;  // the last warp has 8 lanes
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    unsigned const mask = threadIdx.x < 32 ? full_mask : 0xffu;
    int const value = static_cast<int>(threadIdx.x) - 20;
    p.result[threadIdx.x] = static_cast<u32>(__reduce_add_sync(mask, value) + 1000 * __reduce_min_sync(mask, value) +
                                             100000 * __reduce_max_sync(mask, value));
  }
};

TEST_F(Machine, ReductionsAndPartialWarps) {
  EXPECT_EQ(results<Reductions>(1), expected(40, 1, [](int t, int) {
              return t < 32 ? -144 - 20 * 1000 + 11 * 100000 : 124 + 12 * 1000 + 19 * 100000;
            }));
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

struct alignas(16) Words {
  u32 values[4];
};

struct WideAccess {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
    u32 const* from;
    u32* to;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    Words const words = load_constant<Words>(p.from + 4 * threadIdx.x);
    store(p.to + 4 * threadIdx.x, words);
    p.result[threadIdx.x] = words.values[3];
  }
};

TEST_F(Machine, WideAccesses) {
  std::vector<u32> const values = expected(128, 1, [](int t, int) { return t * t; });
  DeviceBuffer<u32> from(memory, values), to(memory, 128);
  EXPECT_EQ(results<WideAccess>(1, static_cast<u32 const*>(from.data()), to.data()),
            expected(32, 1, [](int t, int) { return (4 * t + 3) * (4 * t + 3); }));
  EXPECT_EQ(to.read(), values);
}

struct Arithmetic {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    f32 const a = 0.1f + 3.7f * static_cast<f32>(threadIdx.x);
    f32 const root = rsqrtf(a) * sqrtf(a);  // 1, up to rounding
    int const spread = max(static_cast<int>(threadIdx.x), 10) - min(static_cast<int>(threadIdx.x), 10);
    p.result[threadIdx.x] = fabsf(root - 1) < 0x1p-21f ? static_cast<u32>(spread) : 999;
  }
};

TEST_F(Machine, Arithmetic) {
  EXPECT_EQ(results<Arithmetic>(1), expected(32, 1, [](int t, int) { return std::abs(t - 10); }));
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
