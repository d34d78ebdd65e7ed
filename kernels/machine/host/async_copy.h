// cp.async of the emulator, behind the templates of async_copy.cuh.
#pragma once

#include <source_location>

namespace heddle::emulated {

void start_copy(void* shared, void const* global, int bytes, int valid, std::source_location where);
void close_copies();
void wait_for_copies(int pending);

}  // namespace heddle::emulated
