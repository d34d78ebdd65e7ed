// Accesses of 4 to 16 bytes, with every hint to the caches.
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <int count>
struct alignas(4 * count) Words {
  u32 values[count];
};

enum class Hint : u8 { none, constant, streaming, past_l1, past_l1_evict_first };

/// Copies `count` words a thread.
template <int count>
struct Copies {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
    u32 const* from;
    u32* to;
    Hint hint;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    using V = Words<count>;
    u32 const* const from = p.from + count * threadIdx.x;
    u32* const to = p.to + count * threadIdx.x;
    prefetch_l2(from);
    V words;
    if (p.hint == Hint::none) words = load<V>(from);
    if (p.hint == Hint::constant) words = load_constant<V>(from);
    if (p.hint == Hint::streaming) words = load_streaming<V>(from);
    if (p.hint == Hint::past_l1) words = load_constant_past_l1<V>(from);
    if (p.hint == Hint::past_l1_evict_first) words = load_constant_past_l1<V>(from, CachePolicy::evict_first);
    if (p.hint == Hint::streaming)
      store_streaming(to, words);
    else if (p.hint == Hint::past_l1)
      store_past_l1(to, words);
    else if (p.hint == Hint::past_l1_evict_first)
      store_past_l1(to, words, CachePolicy::evict_first);
    else
      store(to, words);
    p.result[threadIdx.x] = words.values[count - 1];
  }
};

template <int count>
void test_copies() {
  std::vector<u32> const values = expected(32 * count, 1, [](int t, int) { return t * t + 1; });
  DeviceBuffer<u32> from(memory, values);
  for (Hint const hint : {Hint::none, Hint::constant, Hint::streaming, Hint::past_l1, Hint::past_l1_evict_first}) {
    DeviceBuffer<u32> to(memory, 32 * count);
    std::vector<u32> const last = results<Copies<count>>(1, static_cast<u32 const*>(from.data()), to.data(), hint);
    for (u32 t = 0; t < 32; ++t) EXPECT_EQ(last[t], values[count * t + count - 1]);
    EXPECT_EQ(to.read(), values);
    EXPECT_TRUE(to.guards_intact());
  }
}

TEST_F(Machine, AccessesOfEveryWidth) {
  test_copies<1>();
  test_copies<2>();
  test_copies<4>();
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
