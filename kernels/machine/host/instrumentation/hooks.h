// Where instrumented code reports what it reads and writes.
#pragma once

#include <cstddef>

#include "kernels/machine/host/scheduler/observer.h"

namespace heddle::emulated {

constexpr std::size_t widest_access = 16;  // a longer copy is reported in parts

/// Passes an access to device memory by plain C++ of a kernel on to the observer of the running block. `site` is a
/// return address in the code that makes it. The compiler takes for granted that nothing is thrown here: an observer
/// that finds a fault keeps it until the launch ends.
void report_access(void const* address, std::size_t bytes, AccessKind kind, void const* site) noexcept;

}  // namespace heddle::emulated
