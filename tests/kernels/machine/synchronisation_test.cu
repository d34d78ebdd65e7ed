// Barriers of a block and asynchronous copies: what one thread leaves, another finds. The emulator runs each in adverse
// orders of threads and completions.
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Warps of a producing half hand words to those of a consuming half over two named barriers, round after round.
struct HandOver {
  static constexpr int threads = 128;
  static constexpr int rounds = 5;
  struct Params {
    u32* result;
  };
  struct SharedStorage {
    u32 words[threads / 2];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    constexpr int full = 1, empty = 2, half = threads / 2;
    int const thread = static_cast<int>(threadIdx.x);
    u32 sum = 0;
    for (int round = 0; round < rounds; ++round) {
      if (thread < half) {
        if (round > 0) barrier_sync(empty, threads);
        shared.words[thread] = static_cast<u32>(thread + 100 * round);
        barrier_arrive(full, threads);
      } else {
        barrier_sync(full, threads);
        sum += shared.words[threads - 1 - thread];
        if (round < rounds - 1) barrier_arrive(empty, threads);
      }
    }
    p.result[thread] = sum;
  }
};

TEST_F(Machine, NamedBarriers) {
  for_each_execution([] {
    EXPECT_EQ(results<HandOver>(1), expected(128, 1, [](int t, int) { return t < 64 ? 0 : 5 * (127 - t) + 1000; }));
  });
}

/// Copies rows with cp.async, `ahead` groups before they are needed; the row past the end is filled with zeros.
struct Pipeline {
  static constexpr int threads = 64;
  static constexpr int rows = 6, ahead = 2;
  struct Params {
    u32* result;
    u32 const* from;  // [rows, 4 * threads]
    int valid;        // bytes of the last 16 of each row
  };
  struct SharedStorage {
    alignas(16) u32 words[ahead + 1][4 * threads];
  };
  HEDDLE_DEVICE void start(Params const& p, SharedStorage& shared, int row) const {
    int const first = 4 * static_cast<int>(threadIdx.x);
    if (row < rows)
      cp_async<16>(&shared.words[row % (ahead + 1)][first], p.from + row * 4 * threads + first,
                   threadIdx.x == threads - 1 ? p.valid : 16);
    cp_async_commit();
  }
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    for (int row = 0; row < ahead; ++row) start(p, shared, row);
    u32 sum = 0;
    for (int row = 0; row < rows; ++row) {
      cp_async_wait<ahead - 1>();
      __syncthreads();
      start(p, shared, row + ahead);
      for (int i = 0; i < 4; ++i) sum += shared.words[row % (ahead + 1)][4 * (threads - 1 - threadIdx.x) + i];
    }
    p.result[threadIdx.x] = sum;
  }
};

TEST_F(Machine, AsynchronousCopies) {
  std::vector<u32> const values = expected(6 * 256, 1, [](int t, int) { return 7 * t + 1; });
  DeviceBuffer<u32> from(memory, values);
  for (int const valid : {0, 4, 12, 16})
    for_each_execution([&] {
      EXPECT_EQ(results<Pipeline>(1, static_cast<u32 const*>(from.data()), valid), expected(64, 1, [&](int t, int) {
                  u32 sum = 0;
                  for (int row = 0; row < 6; ++row)
                    for (int i = 0; i < (t == 0 ? valid / 4 : 4); ++i)
                      sum += values[static_cast<std::size_t>(row * 256 + 4 * (63 - t) + i)];
                  return sum;
                }));
    });
}

struct SmallCopies {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
    u32 const* from;  // [3 * threads]
  };
  struct SharedStorage {
    alignas(8) u32 words[3 * threads];
  };
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const thread = static_cast<int>(threadIdx.x);
    cp_async<4>(&shared.words[2 * threads + thread], p.from + 2 * threads + thread);
    cp_async<8>(&shared.words[2 * thread], p.from + 2 * thread);
    cp_async_commit();
    cp_async_wait<0>();
    p.result[thread] = shared.words[2 * thread] + shared.words[2 * thread + 1] + shared.words[2 * threads + thread];
  }
};

TEST_F(Machine, CopiesOfFourAndEightBytes) {
  DeviceBuffer<u32> from(memory, expected(96, 1, [](int t, int) { return t * t; }));
  for_each_execution([&] {
    EXPECT_EQ(results<SmallCopies>(1, static_cast<u32 const*>(from.data())),
              expected(32, 1, [](int t, int) { return 4 * t * t + (2 * t + 1) * (2 * t + 1) + (64 + t) * (64 + t); }));
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
