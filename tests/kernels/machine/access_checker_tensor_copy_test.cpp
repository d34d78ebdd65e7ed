// A ring of stages between a thread that loads and a warp that sums up, with one mistake at a time: the emulator, or
// the access checker that watches it, finds each in every order of threads and completions. Compiled with the
// instrumentation.
#include "tests/kernels/machine/access_fault.h"

namespace heddle::emulated {
namespace {

enum class Mistake : u8 {
  none,
  no_wait_for_data,
  no_wait_for_room,
  parity_of_data,
  parity_of_room,
  arrives_before_reading,
  no_proxy_fence,
  no_wait_for_reads,
};

constexpr int rounds = 6, stages = 2;

struct Ring {
  static constexpr int threads = 64;
  struct Params {
    TensorMap input, output;  // rows of 32 words
    Mistake mistake;
  };
  struct SharedStorage {
    alignas(128) u32 rows[stages][32];
    alignas(128) u32 sums[32];
    MBarrier full[stages], empty[stages];
  };

  static void produce(Params const& p, SharedStorage& shared) {
    for (int round = 0; round < rounds; ++round) {
      int const stage = round % stages;
      u32 const parity = static_cast<u32>(round / stages) % 2;
      if (p.mistake != Mistake::no_wait_for_room)
        mbarrier_wait(shared.empty[stage], p.mistake == Mistake::parity_of_room ? parity : 1 - parity);
      mbarrier_arrive_expect(shared.full[stage], sizeof shared.rows[stage]);
      tensor_load(shared.rows[stage], p.input, {0, round}, shared.full[stage]);
    }
  }

  static u32 take(Params const& p, SharedStorage& shared, int stage) {
    if (p.mistake == Mistake::arrives_before_reading) mbarrier_arrive(shared.empty[stage]);
    u32 const word = shared.rows[stage][threadIdx.x];
    if (p.mistake != Mistake::arrives_before_reading) mbarrier_arrive(shared.empty[stage]);
    return word;
  }

  /// Adds up the rows, and stores each sum so far.
  static void consume(Params const& p, SharedStorage& shared) {
    u32 sum = 0;
    for (int round = 0; round < rounds; ++round) {
      int const stage = round % stages;
      u32 const parity = static_cast<u32>(round / stages) % 2;
      if (p.mistake != Mistake::no_wait_for_data)
        mbarrier_wait(shared.full[stage], p.mistake == Mistake::parity_of_data ? 1 - parity : parity);
      sum += take(p, shared, stage);
      if (threadIdx.x == 0 && p.mistake != Mistake::no_wait_for_reads) bulk_wait_read<0>();
      __syncwarp();
      shared.sums[threadIdx.x] = sum;
      if (p.mistake != Mistake::no_proxy_fence) fence_proxy_async();
      __syncwarp();
      if (threadIdx.x != 0) continue;
      tensor_store(p.output, {0, round}, shared.sums);
      bulk_commit();
    }
    if (threadIdx.x == 0) bulk_wait<0>();
  }

  void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) {
      for (int stage = 0; stage < stages; ++stage) {
        mbarrier_init(shared.full[stage], 1);
        mbarrier_init(shared.empty[stage], 32);
      }
      fence_mbarrier_init();
    }
    __syncthreads();
    if (threadIdx.x < 32)
      consume(p, shared);
    else if (threadIdx.x == 32)
      produce(p, shared);
  }
};

std::vector<u32> sums_of_rows(std::vector<u32> const& words) {
  std::vector<u32> sums = words;
  for (std::size_t i = 32; i < sums.size(); ++i) sums[i] += sums[i - 32];
  return sums;
}

/// What is said of the ring in one way to run it; its result when nothing is wrong.
std::string fault_of(Mistake mistake, ExecutionOptions options) {
  AccessChecker checker;
  options.observer = &checker;
  ScopedExecution const execution(options);
  std::vector<u32> words(32 * rounds);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = static_cast<u32>(i * i);
  DeviceBuffer<u32> input(memory, words), output(memory, 32 * rounds);
  TiledTensor const rows = {
      .type = TensorType::u32, .rank = 2, .sizes = {32, rounds}, .strides_bytes = {128}, .box = {32, 1}};
  Ring::Params const params = {make_tensor_map(input.data(), rows), make_tensor_map(output.data(), rows), mistake};
  std::string const error = error_of([&] { launch<Ring>(dim3(1), params, {}, "ring"); });
  if (mistake == Mistake::none) {
    EXPECT_EQ(output.read(), sums_of_rows(words));
  }
  return error;
}

void expect_faults(Mistake mistake, std::string const& part) {
  for (ExecutionOptions const& options : adversarial_executions()) {
    std::string const error = fault_of(mistake, options);
    EXPECT_EQ(error.find("[ring] block ("), 0u) << describe(options) << ": " << error;
    EXPECT_NE(error.find(part), std::string::npos) << describe(options) << ": " << error;
  }
}

TEST(AccessCheckerTensorCopy, RightRing) {
  for (ExecutionOptions const& options : adversarial_executions())
    EXPECT_EQ(fault_of(Mistake::none, options), "(no error)") << describe(options);
}

TEST(AccessCheckerTensorCopy, MissingWaitForData) { expect_faults(Mistake::no_wait_for_data, "tensor_copy_test.cpp:"); }
TEST(AccessCheckerTensorCopy, StageReusedTooEarly) {
  expect_faults(Mistake::no_wait_for_room, "tensor_copy_test.cpp:");
  expect_faults(Mistake::arrives_before_reading, "a race: ");
}
TEST(AccessCheckerTensorCopy, WrongParity) {
  expect_faults(Mistake::parity_of_data, "tensor_copy_test.cpp:");
  expect_faults(Mistake::parity_of_room, "deadlock: ");
}
TEST(AccessCheckerTensorCopy, MissingProxyFence) { expect_faults(Mistake::no_proxy_fence, "no proxy fence: "); }
TEST(AccessCheckerTensorCopy, SourceOfAStoreReusedTooEarly) { expect_faults(Mistake::no_wait_for_reads, "a race: "); }

/// A swizzled box that fills no whole line of 128 bytes, of which the threads write no more than the box.
struct StoresShortBox {
  static constexpr int threads = 32;
  struct Params {
    TensorMap output;  // rows of 8 words
  };
  struct SharedStorage {
    alignas(256) u32 row[8];
  };
  void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x < 8) shared.row[threadIdx.x] = threadIdx.x + 1;
    fence_proxy_async();
    __syncthreads();
    if (threadIdx.x != 0) return;
    tensor_store(p.output, {0, 0}, shared.row);
    bulk_commit();
    bulk_wait<0>();
  }
};

TEST(AccessCheckerTensorCopy, OnlyTheBytesOfABoxAreRead) {
  TiledTensor const rows = {.type = TensorType::u32,
                            .rank = 2,
                            .sizes = {8, 1},
                            .strides_bytes = {32},
                            .box = {8, 1},
                            .swizzle = Swizzle::bytes_32};
  AccessChecker checker;
  ScopedExecution const execution({.observer = &checker});
  DeviceBuffer<u32> output(memory, 8);
  launch<StoresShortBox>(dim3(1), {make_tensor_map(output.data(), rows)}, {}, "stores_short_box");
  EXPECT_EQ(output.read(), (std::vector<u32>{1, 2, 3, 4, 5, 6, 7, 8}));
}

struct BoxAndBarrier {
  alignas(128) u8 box[96];
  MBarrier barrier;
};

/// A box of 96 bytes leaves the rest of its line to others.
struct StoresABox {
  static constexpr int threads = 32;
  struct Params {
    TensorMap map;
  };
  using SharedStorage = BoxAndBarrier;
  void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) mbarrier_init(shared.barrier, 1);
    for (unsigned i = threadIdx.x; i < 96; i += 32) shared.box[i] = static_cast<u8>(i);
    fence_proxy_async();
    __syncwarp();
    if (threadIdx.x != 0) return;
    tensor_store(p.map, {0, 0}, shared.box);
    bulk_commit();
    mbarrier_arrive(shared.barrier);
    bulk_wait<0>();
  }
};

TEST(AccessCheckerTensorCopy, BoxThatEndsWithinALine) {
  for (ExecutionOptions options : adversarial_executions()) {
    AccessChecker checker;
    options.observer = &checker;
    ScopedExecution const execution(options);
    DeviceBuffer<u8> global(memory, std::vector<u8>(96, 0));
    TiledTensor tensor = {.type = TensorType::u8, .rank = 2, .swizzle = Swizzle::bytes_32};
    tensor.sizes[0] = tensor.box[0] = 32;
    tensor.sizes[1] = tensor.box[1] = 3;
    tensor.strides_bytes[0] = 32;
    TensorMap const map = make_tensor_map(global.data(), tensor);
    EXPECT_EQ(error_of([&] { launch<StoresABox>(1, {map}, {}, "kernel"); }), "(no error)") << describe(options);
  }
}

}  // namespace
}  // namespace heddle::emulated
