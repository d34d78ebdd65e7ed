// What GCC's -fsanitize-coverage=trace-pc calls at the start of every basic block. Only code compiled so calls it.
#include "kernels/machine/host/instrumentation/basic_blocks.h"

extern "C" void __sanitizer_cov_trace_pc() {
  heddle::emulated::CountedCode const& code = heddle::emulated::counted_code;
  auto const at = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)) - code.begin;
  if (at < code.bytes) ++code.counts[at];
}
