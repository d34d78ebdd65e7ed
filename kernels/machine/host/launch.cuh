// Runs a kernel object on the emulator.
#pragma once

#include <type_traits>
#include <typeinfo>

#include "kernels/core/stream.h"
#include "kernels/machine/host/scheduler/grid.h"
#include "kernels/machine/kernel.h"

// In instrumented code everything that a kernel calls is inlined into it: an address in it then tells the kernel's
// line.
#if defined(__SANITIZE_THREAD__)
#define HEDDLE_WHOLE_KERNEL __attribute__((flatten))
#define HEDDLE_EXAMINED true
#else
#define HEDDLE_WHOLE_KERNEL
#define HEDDLE_EXAMINED false
#endif

namespace heddle::emulated {

/// Runs `grid` blocks of Kernel::threads threads, and returns when they have ended. `name` is for errors: an Error that
/// names the kernel, and the block and thread where it has one.
template <class Kernel>
void launch(dim3 grid, typename Kernel::Params const& params, Stream, char const* name) {
  using Params = typename Kernel::Params;
  using SharedStorage = typename Kernel::SharedStorage;
  static_assert(std::is_trivially_copyable_v<Params> && sizeof(Params) <= 4096);
  run_grid({.name = name,
            .type = typeid(Kernel).name(),
            .grid = grid,
            .threads = Kernel::threads,
            .cluster_size = cluster_size_of<Kernel>(),
            .shared_bytes = shared_bytes_of<Kernel>(),
            .params = &params,
            .params_bytes = sizeof(Params),
            .examined = HEDDLE_EXAMINED,
            .min_blocks = min_blocks_of<Kernel>(),
            .body = [](void const* p, void* shared) HEDDLE_WHOLE_KERNEL {
              Kernel{}(*static_cast<Params const*>(p), *static_cast<SharedStorage*>(shared));
            }});
}

}  // namespace heddle::emulated
