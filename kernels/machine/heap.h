// How bytes move on the host's heap, which is the memory of the CPU and of the emulator.
#pragma once

#include "kernels/machine/memory.h"

namespace heddle::heap {

void copy(void* destination, void const* source, std::size_t bytes, CopyKind kind, Stream stream);
void fill(void* data, u8 byte, std::size_t bytes, Stream stream);
void synchronize(Stream stream);

}  // namespace heddle::heap
