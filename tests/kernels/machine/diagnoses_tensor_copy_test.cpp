// Wrong uses of copies of boxes of tensors: the emulator says what is wrong, or shows wrong values; each corrected twin
// passes.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/machine/machine.cuh"
#include "tests/support/error.h"

namespace heddle::emulated {
namespace {

using heddle::testing::error_of;

constexpr u32 words = 64, tiles = 4;
constexpr u32 tile_bytes = 4 * words;

struct Storage {
  alignas(128) u32 tile[2][words];
  MBarrier full[2];
};

struct Params {
  bool wrong;
  TensorMap map;
  u32* from;  // [tiles, words]: element i is i
  u32* to;    // [tiles, words]
};

/// A kernel that is its body: body(p, shared) runs in each of 64 threads, after the barriers are made.
template <class Body>
struct Kernel {
  static constexpr int threads = 64;
  using Params = emulated::Params;
  using SharedStorage = Storage;
  void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x < 2) mbarrier_init(shared.full[threadIdx.x], 1);
    __syncthreads();
    Body{}(p, shared);
  }
};

struct Memory {
  alignas(128) u32 from[tiles * words];
  alignas(128) u32 to[tiles * words];
};

/// What the kernel writes, and its error.
template <class Body>
std::string run(bool wrong, Memory& memory) {
  for (u32 i = 0; i < tiles * words; ++i) {
    memory.from[i] = i;
    memory.to[i] = 0;
  }
  TiledTensor tensor = {.type = TensorType::u32, .rank = 2};
  tensor.sizes[0] = words;
  tensor.sizes[1] = tiles;
  tensor.strides_bytes[0] = tile_bytes;
  tensor.box[0] = words;
  TensorMap const map = make_tensor_map(memory.from, tensor);
  return error_of([&] { launch<Kernel<Body>>(1, {wrong, map, memory.from, memory.to}, {}, "k"); });
}

template <class Body>
void expect_diagnosis(Body, std::vector<std::string> const& parts) {
  for (ExecutionOptions const& options : adversarial_executions()) {
    ScopedExecution const execution(options);
    Memory memory;
    std::string const text = run<Body>(true, memory);
    EXPECT_EQ(text.find("[k] block (0, 0, 0)"), 0u) << text;
    for (std::string const& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(run<Body>(false, memory), "(no error)");
  }
}

/// Expects to[i] == i of the twin in every execution, and that the wrong kernel fails to do so when copies are late.
template <class Body>
void expect_wrong_values(Body) {
  for (ExecutionOptions const& options : adversarial_executions()) {
    ScopedExecution const execution(options);
    Memory memory;
    auto const wrong_values = [&] {
      int count = 0;
      for (u32 i = 0; i < tiles * words; ++i) count += memory.to[i] == i ? 0 : 1;
      return count;
    };
    EXPECT_EQ(run<Body>(false, memory), "(no error)");
    EXPECT_EQ(wrong_values(), 0) << describe(options);
    std::string const error = run<Body>(true, memory);
    bool const noticed = error != "(no error)" || wrong_values() > 0;
    EXPECT_TRUE(noticed || options.completion != Completion::late) << describe(options);
  }
}

TEST(TensorCopyDiagnoses, ExpectedBytesThatNeverMatch) {
  expect_diagnosis(
      [](Params const& p, Storage& shared) {
        if (threadIdx.x == 0) {
          mbarrier_arrive_expect(shared.full[0], tile_bytes + (p.wrong ? 64 : 0));
          tensor_load(shared.tile[0], p.map, {0, 0}, shared.full[0]);
        }
        mbarrier_wait(shared.full[0], 0);
      },
      {"deadlock",
       "in mbarrier_wait at diagnoses_tensor_copy_test.cpp:", "the phase of parity 0 lacks 0 arrivals and 64 bytes"});
}

TEST(TensorCopyDiagnoses, ReturnsWithALoadInFlight) {
  struct Body {
    void operator()(Params const& p, Storage& shared) const {
      if (threadIdx.x == 0) {
        mbarrier_arrive_expect(shared.full[0], tile_bytes);
        tensor_load(shared.tile[0], p.map, {0, 0}, shared.full[0]);
      }
      if (!p.wrong) mbarrier_wait(shared.full[0], 0);
    }
  };
  ScopedExecution const execution({.completion = Completion::late});
  Memory memory;
  EXPECT_NE(run<Body>(true, memory).find("tensor_load from diagnoses_tensor_copy_test.cpp:"), std::string::npos);
  EXPECT_EQ(run<Body>(false, memory), "(no error)");
}

TEST(TensorCopyDiagnoses, MissingWait) {
  expect_wrong_values([](Params const& p, Storage& shared) {
    for (u32 tile = 0; tile < tiles; ++tile) {
      if (threadIdx.x == 0) {
        mbarrier_arrive_expect(shared.full[0], tile_bytes);
        bulk_load(shared.tile[0], p.from + tile * words, tile_bytes, shared.full[0]);
      }
      if (!p.wrong) mbarrier_wait(shared.full[0], tile % 2);
      p.to[tile * words + threadIdx.x] = shared.tile[0][threadIdx.x];
      __syncthreads();
    }
    if (p.wrong) mbarrier_wait(shared.full[0], 1);
  });
}

TEST(TensorCopyDiagnoses, WaitWithTheWrongParity) {
  expect_wrong_values([](Params const& p, Storage& shared) {
    for (u32 tile = 0; tile < tiles; ++tile) {
      if (threadIdx.x == 0) {
        mbarrier_arrive_expect(shared.full[0], tile_bytes);
        bulk_load(shared.tile[0], p.from + tile * words, tile_bytes, shared.full[0]);
      }
      mbarrier_wait(shared.full[0], (tile + (p.wrong ? 1 : 0)) % 2);
      p.to[tile * words + threadIdx.x] = shared.tile[0][threadIdx.x];
      __syncthreads();
    }
  });
}

TEST(TensorCopyDiagnoses, StageReusedTooEarly) {
  expect_wrong_values([](Params const& p, Storage& shared) {
    auto const load = [&](u32 tile) {
      if (threadIdx.x != 0 || tile >= tiles) return;
      mbarrier_arrive_expect(shared.full[tile % 2], tile_bytes);
      tensor_load(shared.tile[tile % 2], p.map, {0, static_cast<i32>(tile)}, shared.full[tile % 2]);
    };
    load(0);
    load(1);
    for (u32 tile = 0; tile < tiles; ++tile) {
      mbarrier_wait(shared.full[tile % 2], tile / 2 % 2);
      if (p.wrong) load(tile + 2);  // into the stage that is read below
      p.to[tile * words + threadIdx.x] = shared.tile[tile % 2][threadIdx.x];
      __syncthreads();
      if (!p.wrong) load(tile + 2);
    }
  });
}

TEST(TensorCopyDiagnoses, SourceOverwrittenBeforeItIsRead) {
  expect_wrong_values([](Params const& p, Storage& shared) {
    for (u32 tile = 0; tile < tiles; ++tile) {
      shared.tile[0][threadIdx.x] = tile * words + threadIdx.x;
      fence_proxy_async();
      __syncthreads();
      if (threadIdx.x == 0) {
        bulk_store(p.to + tile * words, shared.tile[0], tile_bytes);
        bulk_commit();
        if (!p.wrong || tile == tiles - 1) bulk_wait_read<0>();
      }
      __syncthreads();
    }
  });
}

TEST(TensorCopyDiagnoses, BoxOutsideOfSharedMemory) {
  expect_diagnosis(
      [](Params const& p, Storage& shared) {
        if (threadIdx.x == 0) {
          mbarrier_arrive_expect(shared.full[0], tile_bytes);
          tensor_load(shared.tile[p.wrong ? 2 : 1], p.map, {0, 0}, shared.full[0]);
        }
        mbarrier_wait(shared.full[0], 0);
      },
      {"tensor_load at diagnoses_tensor_copy_test.cpp:", "256 bytes at", "are not within the"});
}

TEST(TensorCopyDiagnoses, Misaligned) {
  expect_diagnosis(
      [](Params const& p, Storage& shared) {
        if (threadIdx.x == 0) {
          mbarrier_arrive_expect(shared.full[0], tile_bytes);
          tensor_load(shared.tile[0] + (p.wrong ? 4 : 0), p.map, {0, 0}, shared.full[0]);
        }
        mbarrier_wait(shared.full[0], 0);
      },
      {"the destination address must be a multiple of 128 bytes"});
  expect_diagnosis(
      [](Params const& p, Storage& shared) {
        if (threadIdx.x == 0) {
          mbarrier_arrive_expect(shared.full[0], 64);
          bulk_load(shared.tile[0], p.from + (p.wrong ? 1 : 4), 64, shared.full[0]);
        }
        mbarrier_wait(shared.full[0], 0);
      },
      {"bulk_load at", "the source address must be a multiple of 16 bytes"});
  expect_diagnosis(
      [](Params const& p, Storage& shared) {
        if (threadIdx.x == 0) {
          mbarrier_arrive_expect(shared.full[0], 64);
          bulk_load(shared.tile[0], p.from, p.wrong ? 68 : 64, shared.full[0]);
        }
        mbarrier_wait(shared.full[0], 0);
      },
      {"the size must be a multiple of 16 bytes above 0: bytes=68"});
}

TEST(TensorCopyDiagnoses, MaskNamesABlockThatIsNotThere) {
  expect_diagnosis(
      [](Params const& p, Storage& shared) {
        if (threadIdx.x == 0) {
          mbarrier_arrive_expect(shared.full[0], tile_bytes);
          tensor_load_multicast(shared.tile[0], p.map, {0, 0}, shared.full[0], p.wrong ? 3 : 1);
        }
        mbarrier_wait(shared.full[0], 0);
      },
      {"the mask must name blocks of the cluster of 1: blocks=3"});
}

}  // namespace
}  // namespace heddle::emulated
