// How often each basic block of instrumented code runs.
//
// GCC's -fsanitize-coverage=trace-pc puts a call before every one (block_hook.cpp), whose return address stands for it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "kernels/core/types.h"
#include "kernels/machine/host/instrumentation/program_memory.h"

namespace heddle::emulated {

struct ExecutedBlock {
  std::uintptr_t begin = 0;  // its first instruction
  u64 times = 0;
};

class BlockExecutions {
 public:
  /// From now on adds what this host thread executes, and no other does.
  void start();
  /// Ends what any of them has started on this host thread.
  static void stop();
  /// The blocks that ran, ascending.
  std::vector<ExecutedBlock> executed() const;

 private:
  struct Free {
    void operator()(u64* counts) const { std::free(counts); }
  };

  ProgramCode code_ = find_program_memory().code;
  // One for each byte of the code: pages that are never touched take no memory.
  std::unique_ptr<u64[], Free> counts_{static_cast<u64*>(std::calloc(code_.bytes, sizeof(u64)))};
};

/// Whose blocks this host thread counts, and where; empty when nobody asks.
struct CountedCode {
  std::uintptr_t begin = 0, bytes = 0;
  u64* counts = nullptr;
};
extern constinit thread_local CountedCode counted_code;

}  // namespace heddle::emulated
