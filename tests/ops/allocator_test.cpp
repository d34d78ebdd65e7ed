#include "ops/allocator.h"

#include <gtest/gtest.h>

#include "ops/tensor.h"

namespace heddle {
namespace {

TEST(Allocator, KeepsBlocksAndCountsThePeak) {
  release_kept_blocks(Device::cpu);
  reset_peak(Device::cpu);
  AllocatorStatistics const before = allocator_statistics(Device::cpu);
  void* first = nullptr;
  {
    Tensor const a = Tensor::empty({1000, 1000});
    first = a.raw_data();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 256, 0u);
    EXPECT_GE(allocator_statistics(Device::cpu).used_bytes, before.used_bytes + 4'000'000);
  }
  Tensor const b = Tensor::empty({1000, 1000});
  EXPECT_EQ(b.raw_data(), first) << "a block of the same size is used again";
  AllocatorStatistics const after = allocator_statistics(Device::cpu);
  EXPECT_EQ(after.peak_bytes, after.used_bytes);
  EXPECT_LT(after.used_bytes - before.used_bytes, 4'000'000u * 9 / 8);
}

TEST(Allocator, ReturnsKeptBlocks) {
  { Tensor const a = Tensor::empty({1 << 20}); }
  EXPECT_GT(allocator_statistics(Device::cpu).reserved_bytes, allocator_statistics(Device::cpu).used_bytes);
  release_kept_blocks(Device::cpu);
  EXPECT_EQ(allocator_statistics(Device::cpu).reserved_bytes, allocator_statistics(Device::cpu).used_bytes);
}

TEST(Allocator, NothingNeedsNoMemory) { EXPECT_EQ(Tensor::empty({0, 5}).raw_data(), nullptr); }

}  // namespace
}  // namespace heddle
