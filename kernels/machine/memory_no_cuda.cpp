#include "kernels/core/error.h"
#include "kernels/machine/memory.h"

namespace heddle {
namespace {

[[noreturn]] void refuse(char const* call) {
  fail("[cuda memory] no CUDA in this build, asked for ", call,
       ": configure with -DHEDDLE_CUDA=ON where nvcc is installed, or use the device cpu or emulated");
}

void* allocate(std::size_t) { refuse("allocate"); }
void free(void*) noexcept {}
void copy(void*, void const*, std::size_t, CopyKind, Stream) { refuse("copy"); }
void fill(void*, u8, std::size_t, Stream) { refuse("fill"); }
void synchronize(Stream) { refuse("synchronize"); }

}  // namespace

Memory const cuda::memory = {allocate, free, copy, fill, synchronize};

}  // namespace heddle
