#include "kernels/machine/host/instrumentation/basic_blocks.h"

#include "kernels/core/error.h"

namespace heddle::emulated {

constinit thread_local CountedCode counted_code;

void BlockExecutions::start() {
  check(counts_ != nullptr, "[inspector] no memory to count what runs: bytes=", code_.bytes * sizeof(u64));
  counted_code = {code_.begin, code_.bytes, counts_.get()};
}

void BlockExecutions::stop() { counted_code = {}; }

std::vector<ExecutedBlock> BlockExecutions::executed() const {
  std::vector<ExecutedBlock> blocks;
  for (std::uintptr_t i = 0; i < code_.bytes; ++i)
    if (counts_[i] != 0) blocks.push_back({code_.begin + i, counts_[i]});
  return blocks;
}

}  // namespace heddle::emulated
