#include "ops/out_of_memory.h"

#include <gtest/gtest.h>

#include "ops/allocator.h"
#include "ops/tensor.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::error_of;

/// A limit of so many bytes above what is held.
class LimitedMemory {
 public:
  LimitedMemory(Device device, std::size_t bytes) : device_(device) {
    release_kept_blocks(device);
    set_memory_limit(device, allocator_statistics(device).reserved_bytes + bytes);
  }
  ~LimitedMemory() { set_memory_limit(device_, 0); }
  LimitedMemory(LimitedMemory const&) = delete;
  LimitedMemory& operator=(LimitedMemory const&) = delete;

 private:
  Device device_;
};

TEST(OutOfMemory, NamesTheTensorAndWhatIsHeld) {
  for (Device const device : {Device::cpu, Device::emulated}) {
    std::size_t const before = allocator_statistics(device).used_bytes;
    LimitedMemory const limited(device, 1 << 20);
    MemoryScope const scope(MemoryUse::weights);
    Tensor const held = Tensor::empty({1 << 17}, DType::f32, device);
    std::string const error = error_of([&] { Tensor::empty({300, 1000}, DType::f16, device); });
    EXPECT_TRUE(error.starts_with("[memory] no room for f16 [300, 1000] of 585.9 KiB: " + std::string(name(device)) +
                                  " holds "))
        << error;
    EXPECT_NE(error.find("weights 512.0 KiB"), std::string::npos) << error;
    EXPECT_TRUE(error.ends_with("); use fewer images, a smaller model or a smaller batch")) << error;
    EXPECT_EQ(allocator_statistics(device).used_bytes, before + (1 << 19)) << "what failed is not counted";
  }
}

TEST(OutOfMemory, KeptBlocksAreGivenBackFirst) {
  LimitedMemory const limited(Device::cpu, 1 << 20);
  { Tensor const gone = Tensor::empty({1 << 19}, DType::u8); }
  EXPECT_NO_THROW(Tensor::empty({900'000}, DType::u8));
}

TEST(MemoryScope, CountsByUseUntilTheTensorEnds) {
  auto const used = [](MemoryUse use) {
    return allocator_statistics(Device::cpu).used_for[static_cast<std::size_t>(use)];
  };
  std::size_t const data = used(MemoryUse::data), weights = used(MemoryUse::weights);
  {
    Tensor outer, inner;
    {
      MemoryScope const of_data(MemoryUse::data);
      {
        MemoryScope const of_weights(MemoryUse::weights);
        inner = Tensor::empty({1024});
      }
      outer = Tensor::empty({512});
    }
    EXPECT_EQ(used(MemoryUse::data), data + 2048);
    EXPECT_EQ(used(MemoryUse::weights), weights + 4096);
  }
  EXPECT_EQ(used(MemoryUse::data), data);
  EXPECT_EQ(used(MemoryUse::weights), weights);
}

TEST(MemoryText, TakesTheLargestUnit) {
  EXPECT_EQ(memory_text(0), "0 B");
  EXPECT_EQ(memory_text(1023), "1023 B");
  EXPECT_EQ(memory_text(1024), "1.0 KiB");
  EXPECT_EQ(memory_text(std::size_t{3} << 29), "1.5 GiB");
}

}  // namespace
}  // namespace heddle
