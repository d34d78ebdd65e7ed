// What launchers of every family ask of sizes and pointers before they touch memory.
#pragma once

#include "kernels/core/error.h"
#include "kernels/core/types.h"

namespace heddle {

/// Throws an Error that names operation and value when a size is negative.
inline void check_size(char const* operation, char const* name, i64 size) {
  check(size >= 0, "[", operation, "] ", name, " must not be negative: ", name, "=", size);
}

/// Throws an Error that names operation and pointer when it is null, but has elements.
inline void check_pointer(char const* operation, char const* name, void const* pointer, i64 elements) {
  check(pointer != nullptr || elements == 0, "[", operation, "] ", name, " is null, but has ", elements, " elements");
}

}  // namespace heddle
