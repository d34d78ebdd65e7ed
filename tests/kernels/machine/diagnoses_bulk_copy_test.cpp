// Mistakes with bulk copies, and with stores that count themselves.
#include "tests/kernels/machine/diagnosis.h"
#include "tests/support/device_buffer.h"

namespace heddle::emulated {
namespace {

using heddle::testing::DeviceBuffer;

struct Row {
  alignas(16) u32 words[64];
  MBarrier barrier;
};

alignas(16) u32 global_words[128];  // of one thread at a time

/// Loads 16 bytes where `wrong` moves an argument.
struct Load {
  int global_shift = 0, shared_shift = 0;
  u32 bytes = 16;
  void operator()(Row& shared) const {
    mbarrier_init(shared.barrier, 1);
    mbarrier_arrive_expect(shared.barrier, bytes);
    bulk_load(reinterpret_cast<u8*>(shared.words) + shared_shift, reinterpret_cast<u8*>(global_words) + global_shift,
              bytes, shared.barrier);
    mbarrier_wait(shared.barrier, 0);
  }
};

TEST(BulkDiagnoses, Sizes) {
  expect_diagnosis<1, Row>([](bool wrong, Row& shared) { Load{.bytes = wrong ? 24u : 32u}(shared); },
                           {"bulk_load at diagnoses_bulk_copy_test.cpp:",
                            "the size must be a multiple of 16 bytes above 0: bytes=24; copy the rest by threads"});
  expect_diagnosis<1, Row>([](bool wrong, Row& shared) { Load{.bytes = wrong ? 0u : 16u}(shared); },
                           {"the size must be a multiple of 16 bytes above 0: bytes=0"});
}

TEST(BulkDiagnoses, Alignment) {
  expect_diagnosis<1, Row>(
      [](bool wrong, Row& shared) { Load{.global_shift = wrong ? 8 : 16}(shared); },
      {"bulk_load at diagnoses_bulk_copy_test.cpp:", "the source address must be a multiple of 16 bytes"});
  expect_diagnosis<1, Row>(
      [](bool wrong, Row& shared) { Load{.shared_shift = wrong ? 4 : 16}(shared); },
      {"bulk_load at diagnoses_bulk_copy_test.cpp:", "the destination address must be a multiple of 16 bytes",
       "align what is copied with alignas(16)"});
}

TEST(BulkDiagnoses, BeyondSharedMemory) {
  expect_diagnosis<1, Row>([](bool wrong, Row& shared) { Load{.shared_shift = wrong ? 32 : 0, .bytes = 256}(shared); },
                           {"bulk_load at diagnoses_bulk_copy_test.cpp:", "256 bytes at 0x",
                            "are not within the 272 bytes of shared memory"});
  expect_diagnosis<1, Row>(
      [](bool wrong, Row& shared) {
        fence_proxy_async();
        alignas(16) u32 to[4], on_the_stack[4] = {};
        bulk_store(to, wrong ? on_the_stack : shared.words, sizeof to);
        bulk_commit();
        bulk_wait<0>();
      },
      {"bulk_store at diagnoses_bulk_copy_test.cpp:", "are not within the 272 bytes of shared memory"});
}

TEST(BulkDiagnoses, BarrierIsNotMade) {
  expect_diagnosis<1, Row>(
      [](bool wrong, Row& shared) {
        if (!wrong) mbarrier_init(shared.barrier, 1);
        if (!wrong) mbarrier_arrive_expect(shared.barrier, 16);
        bulk_load(shared.words, global_words, 16, shared.barrier);
        mbarrier_wait(shared.barrier, 0);
      },
      {"bulk_load at diagnoses_bulk_copy_test.cpp:", "is not initialised"});
}

TEST(BulkDiagnoses, BytesThatDoNotMatch) {
  expect_diagnosis<1, Row>(
      [](bool wrong, Row& shared) {
        mbarrier_init(shared.barrier, 1);
        mbarrier_arrive_expect(shared.barrier, wrong ? 64 : 48);
        bulk_load(shared.words, global_words, 48, shared.barrier);
        mbarrier_wait(shared.barrier, 0);
      },
      {"deadlock: ", "mbarrier_wait at diagnoses_bulk_copy_test.cpp:",
       "the phase of parity 0 lacks 0 arrivals and 16 bytes"});
  expect_diagnosis<1, Row>(
      [](bool wrong, Row& shared) {
        mbarrier_init(shared.barrier, 1);
        mbarrier_arrive_expect(shared.barrier, wrong ? 32 : 48);
        bulk_load(shared.words, global_words, 48, shared.barrier);
        mbarrier_wait(shared.barrier, 0);
      },
      {"deadlock: ", "lacks 0 arrivals and -16 bytes"});
}

TEST(BulkDiagnoses, ReceiversThatAreNotThere) {
  expect_diagnosis<1, Row>(
      [](bool wrong, Row& shared) {
        mbarrier_init(shared.barrier, 1);
        mbarrier_arrive_expect(shared.barrier, 16);
        bulk_load_multicast(shared.words, global_words, 16, shared.barrier, wrong ? 2 : 1);
        mbarrier_wait(shared.barrier, 0);
      },
      {"bulk_load_multicast at diagnoses_bulk_copy_test.cpp:",
       "the mask must name blocks of the cluster of 1: blocks=2"});
}

TEST(BulkDiagnoses, BlockEndsBeforeItsCopies) {
  using EndsEarly = Kernel<decltype([](bool wrong, Row& shared) {
                             for (u32& word : shared.words) word = 1;
                             fence_proxy_async();
                             alignas(16) static thread_local u32 to[4];
                             bulk_store(to, shared.words, sizeof to);
                             bulk_commit();
                             if (!wrong) bulk_wait_read<0>();
                           }),
                           1, Row>;
  ScopedExecution const execution({.completion = Completion::late});
  std::string const error = error_of([] { launch<EndsEarly>(1, {true}, {}, "k"); });
  EXPECT_NE(error.find("returns as the last thread of its block, whose shared memory bulk_store from "
                       "diagnoses_bulk_copy_test.cpp:"),
            std::string::npos)
      << error;
  EXPECT_EQ(error_of([] { launch<EndsEarly>(1, {false}, {}, "k"); }), "(no error)");
}

/// Without a wait the wrong values are copied, or found, when operations are late.
struct Reuses {
  static constexpr int threads = 1;
  struct Params {
    bool waits;
    u32* global;  // [32], 7 at first
    u32* found;   // [2]
  };
  using SharedStorage = Row;
  void operator()(Params const& p, Row& shared) const {
    for (u32& word : shared.words) word = 5;
    fence_proxy_async();
    mbarrier_init(shared.barrier, 1);
    mbarrier_arrive_expect(shared.barrier, 64);
    bulk_load(shared.words, p.global, 64, shared.barrier);
    if (p.waits) mbarrier_wait(shared.barrier, 0);
    p.found[0] = shared.words[3];
    mbarrier_wait(shared.barrier, 0);
    bulk_store(p.global + 16, shared.words, 64);
    bulk_commit();
    if (p.waits) bulk_wait_read<0>();
    shared.words[3] = 9;
    bulk_wait<0>();
    p.found[1] = p.global[19];
  }
};

TEST(BulkDiagnoses, LateCopiesShowThatNobodyWaited) {
  auto const found = [](bool waits, Completion completion) {
    ScopedExecution const execution({.completion = completion});
    DeviceBuffer<u32> global(memory, std::vector<u32>(32, 7)), words(memory, 2);
    launch<Reuses>(1, {waits, global.data(), words.data()}, {}, "k");
    return words.read();
  };
  std::vector<u32> const right{7, 7}, poison_and_later_value{0xffffffffu, 9};
  EXPECT_EQ(found(true, Completion::late), right);
  EXPECT_EQ(found(true, Completion::eager), right);
  EXPECT_EQ(found(false, Completion::late), poison_and_later_value);
}

/// A read of shared memory that has been awaited, and the write that follows it, are two operations.
struct ReadsFirst {
  static constexpr int threads = 1;
  struct Params {
    u32* global;  // [4], 7 at first
    u32* found;   // [2]
  };
  using SharedStorage = Row;
  void operator()(Params const& p, Row& shared) const {
    for (u32& word : shared.words) word = 1;
    fence_proxy_async();
    bulk_store(p.global, shared.words, 16);
    bulk_commit();
    bulk_wait_read<0>();
    shared.words[0] = 2;
    p.found[0] = p.global[0];
    bulk_wait<0>();
    p.found[1] = p.global[0];
  }
};

TEST(BulkDiagnoses, ReadIsNotWritten) {
  ScopedExecution const execution({.completion = Completion::late});
  DeviceBuffer<u32> global(memory, std::vector<u32>(4, 7)), found(memory, 2);
  launch<ReadsFirst>(1, {global.data(), found.data()}, {}, "k");
  EXPECT_EQ(found.read(), (std::vector<u32>{7, 1}));
}

struct Pair : Kernel<decltype([](bool) {}), 1, Row> {
  static constexpr int cluster_size = 2;
  void operator()(Params const& p, Row& shared) const {
    mbarrier_init(shared.barrier, 1);
    mbarrier_arrive_expect(shared.barrier, 8);
    cluster_sync();
    store_async(reinterpret_cast<u64*>(shared.words + (p.wrong ? 1 : 2)), 5, shared.barrier, 1 - cluster_rank());
    mbarrier_wait_cluster(shared.barrier, 0);
    cluster_sync();
  }
};

TEST(BulkDiagnoses, StoreThatCountsItself) {
  using Alone = Kernel<decltype([](bool wrong, Row& shared) {
                         mbarrier_init(shared.barrier, 1);
                         if (wrong) store_async(shared.words, 1, shared.barrier, 0);
                       }),
                       1, Row>;
  std::string const alone = error_of([] { launch<Alone>(1, {true}, {}, "k"); });
  EXPECT_NE(alone.find("store_async at diagnoses_bulk_copy_test.cpp:"), std::string::npos) << alone;
  EXPECT_NE(alone.find("is undefined in a cluster of one block"), std::string::npos) << alone;
  EXPECT_EQ(error_of([] { launch<Alone>(1, {false}, {}, "k"); }), "(no error)");
  std::string const misaligned = error_of([] { launch<Pair>(2, {true}, {}, "k"); });
  EXPECT_NE(misaligned.find("the shared address must be a multiple of 8 bytes: address=0x"), std::string::npos)
      << misaligned;
  EXPECT_EQ(error_of([] { launch<Pair>(2, {false}, {}, "k"); }), "(no error)");
}

TEST(BulkDiagnoses, ArchitectureThatLacksIt) {
  using Waits = Kernel<decltype([](bool) { bulk_wait<0>(); }), 1>;
  {
    ScopedExecution const execution({.architecture = 80});
    EXPECT_NE(error_of([] { launch<Waits>(1, {true}, {}, "k"); }).find("bulk_wait needs sm_90"), std::string::npos);
  }
  EXPECT_EQ(error_of([] { launch<Waits>(1, {false}, {}, "k"); }), "(no error)");
}

struct LoadsForTwo {
  static constexpr int threads = 32, cluster_size = 2;
  struct Params {
    bool wrong;
  };
  using SharedStorage = Row;
  void operator()(Params const& p, Row& shared) const {
    if (threadIdx.x == 0) mbarrier_init(shared.barrier, 1);
    cluster_sync();
    if (threadIdx.x == 0) {
      mbarrier_arrive_expect(shared.barrier, 16);
      if (cluster_rank() == 0) bulk_load_multicast(shared.words, global_words, 16, shared.barrier, 3);
    }
    if (p.wrong && cluster_rank() == 1) return;
    mbarrier_wait(shared.barrier, 0);
    cluster_sync();
  }
};

TEST(BulkDiagnoses, ReceiverEndsBeforeItsCopies) {
  ScopedExecution const execution({.completion = Completion::late});
  std::string const error = error_of([] { launch<LoadsForTwo>(2, {true}, {}, "k"); });
  EXPECT_NE(error.find("writes to block 1 of the cluster, which has ended: end with cluster_sync"), std::string::npos)
      << error;
  EXPECT_EQ(error_of([] { launch<LoadsForTwo>(2, {false}, {}, "k"); }), "(no error)");
}

}  // namespace
}  // namespace heddle::emulated
