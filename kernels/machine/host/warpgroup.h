// A warpgroup of the emulator: four warps that work on matrices together, and the registers they share out.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <source_location>
#include <vector>

#include "kernels/machine/host/scheduler/warp.h"

namespace heddle::emulated {

constexpr int warps_of_warpgroup = 4;

/// What all warps of a warpgroup bring to one of its instructions: the same.
struct WarpgroupInstruction {
  char const* name;
  std::source_location where;
  std::array<u64, 3> operands;
  void const* kind = nullptr;  // shape and types
};

/// D of a warp while products into it are in flight. Its registers are poisoned until the last of them is done.
struct Accumulators {
  std::array<u32*, warp_size> registers;
  std::vector<u32> values;  // [warp_size][registers of a thread]
  int pending = 0;
};

/// What one warp has issued. Its address names the queue of its products.
struct WarpProducts {
  bool fenced = false;  // since it last waited
  u64 issued = 0;
  std::vector<u64> issued_at_commit;
  std::source_location newest;
  std::map<void const*, std::shared_ptr<Accumulators>> in_flight;  // by the registers of lane 0
  std::map<void const*, std::shared_ptr<Accumulators>> done;       // likewise, with what the last product left
};

class Warpgroup {
 public:
  /// A new block.
  void begin();
  WarpProducts& products(int warp) { return products_[static_cast<std::size_t>(warp)]; }
  /// Warp `warp` comes to its next instruction. Throws an Error when another warp has come to a different one.
  void execute(int warp, WarpgroupInstruction const& instruction);
  /// Whether all warps have issued as many products.
  bool all_issued(u64 count) const;
  /// "products issued by its warps: 2, 2, 2, 1".
  std::string describe_products() const;

 private:
  std::array<WarpProducts, warps_of_warpgroup> products_;
  std::array<u64, warps_of_warpgroup> executed_{};
  u64 first_ = 0;  // number of the first instruction that is kept: not all warps have come to it
  std::deque<WarpgroupInstruction> instructions_;
};

/// The registers of a block, which setmaxnreg moves between its warps. At first they are shared out evenly, as the
/// compiler does it for the launch bound: 65536 / threads, a multiple of 8, at most 256.
class RegisterPool {
 public:
  void begin(int threads);
  int of_warp(int warp) const { return of_warp_[static_cast<std::size_t>(warp)]; }
  int free() const { return free_; }
  /// Gives a warp `count` registers a thread; false when the pool has too few.
  bool give(int warp, int count);

 private:
  std::array<int, 32> of_warp_{};  // a thread
  int free_ = 0;
};

}  // namespace heddle::emulated
