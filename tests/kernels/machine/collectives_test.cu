// Warp collectives of CUDA C++: shuffles, votes, matches and reductions, against formulas.
#include <algorithm>
#include <bit>

#include "kernels/core/philox.h"
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

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

/// Lanes of the upper half of a warp, and those of the lower, look for their equals.
struct Matches {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
    bool all;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    int const lane = threadIdx.x % 32;
    unsigned const half = lane < 16 ? 0x0000ffffu : 0xffff0000u;
    double const value = lane < 16 ? 0.5 : 0.5 + lane % 4;
    if (p.all) {
      int agree = -1;
      unsigned const mask = __match_all_sync(half, value, &agree);
      p.result[threadIdx.x] = mask + static_cast<u32>(agree != 0);
    } else {
      p.result[threadIdx.x] = __match_any_sync(half, static_cast<f32>(value));
    }
  }
};

TEST_F(Machine, MatchesOfHalfWarps) {
  for_each_execution([] {
    EXPECT_EQ(results<Matches>(1, true), expected(64, 1, [](int t, int) { return t % 32 < 16 ? 0x10000 : 0; }));
    EXPECT_EQ(results<Matches>(1, false),
              expected(64, 1, [](int t, int) { return t % 32 < 16 ? 0xffffu : 0x11110000u << (t % 4); }));
  });
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

enum class Reduction : u8 { add, minimum, maximum, bits_and, bits_or, bits_xor };

struct UnsignedReductions {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
    u32 const* values;
    Reduction kind;
    unsigned mask;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    unsigned const value = p.values[threadIdx.x];
    u32 result = 0;
    if (p.mask >> threadIdx.x % 32 & 1u) {
      if (p.kind == Reduction::add) result = __reduce_add_sync(p.mask, value);
      if (p.kind == Reduction::minimum) result = __reduce_min_sync(p.mask, value);
      if (p.kind == Reduction::maximum) result = __reduce_max_sync(p.mask, value);
      if (p.kind == Reduction::bits_and) result = __reduce_and_sync(p.mask, value);
      if (p.kind == Reduction::bits_or) result = __reduce_or_sync(p.mask, value);
      if (p.kind == Reduction::bits_xor) result = __reduce_xor_sync(p.mask, value);
    }
    p.result[threadIdx.x] = result;
  }
};

u32 reduced(Reduction kind, u32 a, u32 b) {
  switch (kind) {
    case Reduction::add:
      return a + b;
    case Reduction::minimum:
      return std::min(a, b);
    case Reduction::maximum:
      return std::max(a, b);
    case Reduction::bits_and:
      return a & b;
    case Reduction::bits_or:
      return a | b;
    case Reduction::bits_xor:
      return a ^ b;
  }
  return 0;
}

TEST_F(Machine, ReductionsOfUnsigned) {
  std::vector<u32> values;
  for (u64 i = 0; i < 64; ++i) values.push_back(philox(3, 0, i)[0]);
  DeviceBuffer<u32> in(memory, values);
  for (Reduction const kind : {Reduction::add, Reduction::minimum, Reduction::maximum, Reduction::bits_and,
                               Reduction::bits_or, Reduction::bits_xor})
    for (unsigned const mask : {full_mask, 0x00f0f001u, 0x80000000u}) {
      auto const formula = [&](int thread, int) {
        if ((mask >> thread % 32 & 1u) == 0) return 0u;
        int const warp = thread / 32 * 32, first = std::countr_zero(mask);
        u32 result = values[static_cast<std::size_t>(warp + first)];
        for (int lane = first + 1; lane < 32; ++lane)
          if (mask >> lane & 1u) result = reduced(kind, result, values[static_cast<std::size_t>(warp + lane)]);
        return result;
      };
      EXPECT_EQ(results<UnsignedReductions>(1, static_cast<u32 const*>(in.data()), kind, mask),
                expected(64, 1, formula))
          << static_cast<int>(kind) << " over " << mask;
    }
}

/// One lane of each warp, the same both times.
struct Elections {
  static constexpr int threads = 96;
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    u32 const first = elect_one() ? 1 : 0;
    u32 const second = elect_one() ? 1 : 0;
    p.result[threadIdx.x] = first == second ? static_cast<u32>(__popc(__ballot_sync(full_mask, first != 0))) : 99;
  }
};

TEST_F(Machine, Elections) { EXPECT_EQ(results<Elections>(1), std::vector<u32>(96, 1)); }

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
