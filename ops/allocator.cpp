#include "ops/allocator.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "kernels/core/error.h"
#include "kernels/core/math.h"
#include "ops/memory.h"
#include "ops/out_of_memory.h"

namespace heddle {

namespace {

/// Blocks come in steps of an eighth of their size (at least 512 bytes), so that a tensor that ended serves the next of
/// about its size and at most an eighth is wasted.
std::size_t block_bytes(std::size_t bytes) {
  std::size_t step = 512;
  while (step <= bytes / 16) step *= 2;
  return round_up(bytes, step);
}

class Allocator {
 public:
  explicit Allocator(Device device) : device_(device) {}

  void* allocate(std::size_t bytes, MemoryUse use) {
    if (bytes == 0) return nullptr;
    std::lock_guard const lock(mutex_);
    std::size_t const block = block_bytes(bytes);
    void* const data = take(block);
    statistics_.used_bytes += block;
    statistics_.used_for[static_cast<std::size_t>(use)] += block;
    statistics_.peak_bytes = std::max(statistics_.peak_bytes, statistics_.used_bytes);
    return data;
  }

  void release(void* data, std::size_t bytes, MemoryUse use) {
    if (data == nullptr) return;
    std::lock_guard const lock(mutex_);
    std::size_t const block = block_bytes(bytes);
    kept_[block].push_back(data);
    statistics_.used_bytes -= block;
    statistics_.used_for[static_cast<std::size_t>(use)] -= block;
  }

  void release_kept() {
    std::lock_guard const lock(mutex_);
    return_kept();
  }

  AllocatorStatistics statistics() {
    std::lock_guard const lock(mutex_);
    return statistics_;
  }

  void set_limit(std::size_t bytes) {
    std::lock_guard const lock(mutex_);
    limit_ = bytes;
  }

  void reset_peak() {
    std::lock_guard const lock(mutex_);
    statistics_.peak_bytes = statistics_.used_bytes;
  }

 private:
  void* take(std::size_t block) {
    if (auto const kept = kept_.find(block); kept != kept_.end() && !kept->second.empty()) {
      void* const data = kept->second.back();
      kept->second.pop_back();
      return data;
    }
    void* data = nullptr;
    try {
      data = reserve(block);
    } catch (Error const&) {
      return_kept();
      data = reserve_or_explain(block);
    }
    statistics_.reserved_bytes += block;
    return data;
  }

  void* reserve(std::size_t block) {
    check(limit_ == 0 || statistics_.reserved_bytes + block <= limit_, "the limit is ", memory_text(limit_));
    return memory_of(device_).allocate(block);
  }

  void* reserve_or_explain(std::size_t block) {
    try {
      return reserve(block);
    } catch (Error const& error) {
      throw OutOfMemory(memory_text(block), held() + " (" + error.what() + ")");
    }
  }

  std::string held() const {
    constexpr std::array<char const*, memory_uses> names = {"other",     "data",      "weights",
                                                            "optimizer", "gradients", "activations"};
    std::string text = std::string(name(device_)) + " holds " + memory_text(statistics_.used_bytes);
    char const* separator = ": ";
    for (std::size_t i = names.size(); i-- > 0;) {
      if (statistics_.used_for[i] == 0) continue;
      text += separator + std::string(names[i]) + " " + memory_text(statistics_.used_for[i]);
      separator = ", ";
    }
    return text;
  }

  void return_kept() {
    for (auto& [block, list] : kept_) {
      for (void* const data : list) memory_of(device_).free(data);
      statistics_.reserved_bytes -= block * list.size();
      list.clear();
    }
  }

  Device device_;
  std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> kept_;  // by block size
  AllocatorStatistics statistics_;
  std::size_t limit_ = 0;  // of reserved bytes; 0: none
};

thread_local MemoryUse current_use = MemoryUse::other;

/// Never destroyed: tensors of static lifetime may end after it would have.
Allocator& allocator(Device device) {
  static auto* const allocators =
      new std::array<Allocator, 3>{Allocator(Device::cpu), Allocator(Device::cuda), Allocator(Device::emulated)};
  return (*allocators)[static_cast<std::size_t>(device)];
}

}  // namespace

MemoryScope::MemoryScope(MemoryUse use) : outer_(std::exchange(current_use, use)) {}
MemoryScope::~MemoryScope() { current_use = outer_; }
MemoryUse MemoryScope::current() { return current_use; }

void* allocate(Device device, std::size_t bytes, MemoryUse use) { return allocator(device).allocate(bytes, use); }
void release(Device device, void* data, std::size_t bytes, MemoryUse use) noexcept {
  allocator(device).release(data, bytes, use);
}
void set_memory_limit(Device device, std::size_t bytes) { allocator(device).set_limit(bytes); }
AllocatorStatistics allocator_statistics(Device device) { return allocator(device).statistics(); }
void reset_peak(Device device) { allocator(device).reset_peak(); }
void release_kept_blocks(Device device) { allocator(device).release_kept(); }

}  // namespace heddle
