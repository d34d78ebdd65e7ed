// What instrumented code reports of its accesses.
#include <gtest/gtest.h>

#include <memory>

#include "tests/kernels/machine/inspect.h"

namespace heddle::emulated {
namespace {

struct Wide {
  int words[10];
};

struct CopyWide {
  static constexpr int threads = 1;
  struct Params {
    Wide const* from;  // [count]
    Wide* to;          // [count]
    int count;
  };
  using SharedStorage = NoShared;
  void operator()(Params const& p, SharedStorage&) const {
    for (int i = 0; i < p.count; ++i) p.to[i] = p.from[i];
  }
};

/// Counts in memory that its own instrumented code reports as well, were it asked to.
class Counter : public Observer {
 public:
  void access(Actor, Access const& access) override {
    if (access.kind == AccessKind::read) *bytes_ += access.bytes;
    *widest_ = std::max(*widest_, access.bytes);
  }
  u32 bytes() const { return *bytes_; }
  u32 widest() const { return *widest_; }

 private:
  std::unique_ptr<u32> bytes_ = std::make_unique<u32>(0), widest_ = std::make_unique<u32>(0);
};

TEST(Hooks, ReportWideCopiesInPartsAndNothingOfTheObserver) {
  Counter counter;
  ScopedExecution const execution({.observer = &counter});
  auto const wide = std::make_unique<Elements<Wide>>();
  launch<CopyWide>(1, {wide->values, wide->values + 9, 9}, {}, "copy");
  EXPECT_EQ(counter.bytes(), 9 * sizeof(Wide));
  EXPECT_EQ(counter.widest(), 16u);
}

}  // namespace
}  // namespace heddle::emulated
