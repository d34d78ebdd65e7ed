// 8x8 matrices between shared memory and registers. The formulas are those of the PTX ISA, not those of fragment.h.
#include <algorithm>

#include "kernels/core/philox.h"
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// The row of shared memory whose address lane i gives: rows of a matrix need not be neighbours.
HEDDLE_HOST_DEVICE int row_of(int lane) { return (5 * lane + 3) % 32; }

using Half = std::uint16_t;

struct SharedRows {
  alignas(16) Half rows[32][24];  // 16 of the 48 bytes of a row are used
};

template <int count, bool transposed>
struct Loads {
  static constexpr int threads = 32;
  struct Params {
    Half const* rows;  // [32, 8]
    u32* words;        // [count, 32]
  };
  using SharedStorage = SharedRows;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const lane = static_cast<int>(threadIdx.x);
    for (int i = 0; i < 8; ++i) shared.rows[lane][i] = p.rows[8 * lane + i];
    __syncwarp();
    void const* const row = lane < 8 * count ? shared.rows[row_of(lane)] : nullptr;
    u32 words[count];
    if constexpr (transposed)
      ldmatrix_transposed(words, row);
    else
      ldmatrix(words, row);
    for (int j = 0; j < count; ++j) p.words[32 * j + lane] = words[j];
  }
};

template <int count, bool transposed>
struct Stores {
  static constexpr int threads = 32;
  struct Params {
    u32 const* words;  // [count, 32]
    Half* rows;        // [32, 8]
  };
  using SharedStorage = SharedRows;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const lane = static_cast<int>(threadIdx.x);
    for (int i = 0; i < 8; ++i) shared.rows[lane][i] = 0;
    __syncwarp();
    void* const row = lane < 8 * count ? shared.rows[row_of(lane)] : nullptr;
    u32 words[count];
    for (int j = 0; j < count; ++j) words[j] = p.words[32 * j + lane];
    if constexpr (transposed)
      stmatrix_transposed(row, words);
    else
      stmatrix(row, words);
    __syncwarp();
    for (int i = 0; i < 8; ++i) p.rows[8 * lane + i] = shared.rows[lane][i];
  }
};

std::vector<Half> random_halves(std::size_t count) {
  std::vector<Half> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<Half>(philox(7, 0, i)[0]);
  return values;
}

/// Calls visit(word, low or high, element of the rows) for each half of a word of matrices 0 … count-1.
template <class Visit>
void for_each_half(int count, bool transposed, Visit visit) {
  for (int j = 0; j < count; ++j)
    for (int lane = 0; lane < 32; ++lane)
      for (int half = 0; half < 2; ++half) {
        int const first = lane / 4, second = lane % 4 * 2 + half;
        int const row = transposed ? second : first, column = transposed ? first : second;
        visit(static_cast<std::size_t>(32 * j + lane), half,
              static_cast<std::size_t>(8 * row_of(8 * j + row) + column));
      }
}

template <int count, bool transposed>
void test_loads() {
  std::vector<Half> const rows = random_halves(32 * 8);
  DeviceBuffer<Half> in(memory, rows);
  DeviceBuffer<u32> words(memory, count * 32);
  launch<Loads<count, transposed>>(1, {in.data(), words.data()}, {}, "loads");
  std::vector<u32> wanted(count * 32);
  for_each_half(count, transposed, [&](auto word, int half, auto i) { wanted[word] |= u32{rows[i]} << (16 * half); });
  EXPECT_EQ(words.read(), wanted) << count << " matrices, transposed: " << transposed;
}

template <int count, bool transposed>
void test_stores() {
  std::vector<Half> const halves = random_halves(count * 64);
  std::vector<u32> words(count * 32);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = halves[2 * i] | u32{halves[2 * i + 1]} << 16;
  DeviceBuffer<u32> in(memory, words);
  DeviceBuffer<Half> rows(memory, 32 * 8);
  launch<Stores<count, transposed>>(1, {in.data(), rows.data()}, {}, "stores");
  std::vector<Half> wanted(32 * 8);
  for_each_half(count, transposed,
                [&](auto word, int half, auto i) { wanted[i] = static_cast<Half>(words[word] >> (16 * half)); });
  EXPECT_EQ(rows.read(), wanted) << count << " matrices, transposed: " << transposed;
}

TEST_F(Machine, MatricesAreLoaded) {
  for_each_execution([] {
    test_loads<1, false>();
    test_loads<2, false>();
    test_loads<4, false>();
    test_loads<1, true>();
    test_loads<2, true>();
    test_loads<4, true>();
  });
}

TEST_F(Hopper, MatricesAreStored) {
  for_each_execution([] {
    test_stores<1, false>();
    test_stores<2, false>();
    test_stores<4, false>();
    test_stores<1, true>();
    test_stores<2, true>();
    test_stores<4, true>();
  });
}

struct Transposes {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    u32 const first = 2 * threadIdx.x;  // elements count through the rows
    p.result[threadIdx.x] = movmatrix_transposed(first | (first + 1) << 16);
  }
};

TEST_F(Machine, MatricesAreTransposed) {
  for_each_execution([] {
    EXPECT_EQ(results<Transposes>(1), expected(32, 1, [](int lane, int) {
                int const first = 8 * (lane % 4 * 2) + lane / 4;
                return first | (first + 8) << 16;
              }));
  });
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
