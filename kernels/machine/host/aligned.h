// Instructions that PTX calls .aligned: all lanes of a warp execute the same one, together.
#pragma once

#include <cstring>

#include "kernels/core/error.h"
#include "kernels/machine/host/collectives.cuh"

namespace heddle::emulated::detail {

inline bool same_place(std::source_location const& a, std::source_location const& b) {
  return a.line() == b.line() && a.column() == b.column() &&
         (a.file_name() == b.file_name() || std::strcmp(a.file_name(), b.file_name()) == 0);
}

/// For the `perform` of a collective: throws an Error unless all lanes have come from one place in the source.
inline void check_same_place(Request const* requests) {
  for (int lane = 1; lane < warp_size; ++lane)
    if (!same_place(requests[lane].where, requests[0].where))
      fail(requests[0].collective->name, " in divergent code: lane ", lane, " is at ", describe(requests[lane].where),
           ", but lane 0 at ", describe(requests[0].where), "; all lanes of a warp execute one together");
}

/// A lane of the running warp brings `operands`, which stay where they are until the warp goes on.
inline void aligned_collective(Collective const& what, void const* operands, std::source_location where) {
  collective(what, ~0u, reinterpret_cast<std::uintptr_t>(operands), lane_of_this_thread(), where);
}

/// What a lane has brought.
template <class Operands>
Operands const& operands_of(Request const& request) {
  return *reinterpret_cast<Operands const*>(static_cast<std::uintptr_t>(request.value));
}

}  // namespace heddle::emulated::detail
