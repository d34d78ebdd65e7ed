// What the functions of every family ask of their arguments before they touch memory.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <sstream>

#include "kernels/core/error.h"
#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

struct NamedSize {
  char const* name;
  i64 value;
};

/// Throws an Error that names the operation and all sizes when one is negative.
inline void check_sizes(char const* operation, std::initializer_list<NamedSize> sizes) {
  if (std::none_of(sizes.begin(), sizes.end(), [](NamedSize size) { return size.value < 0; })) return;
  std::ostringstream values;
  for (char const* separator = ""; NamedSize const& size : sizes) {
    values << separator << size.name << '=' << size.value;
    separator = ", ";
  }
  fail("[", operation, "] sizes must not be negative: ", values.str());
}

/// Throws an Error that names operation and pointer when it is null, but has elements.
inline void check_pointer(char const* operation, char const* name, void const* pointer, i64 elements) {
  check(pointer != nullptr || elements == 0, "[", operation, "] ", name, " is null, but has ", elements, " elements");
}

/// The same for every tensor of the arguments.
template <class Args>
void check_tensors(char const* operation, Args const& args) {
  Args::tensors(args, [&](char const* name, auto* pointer, i64 elements, TensorUse use = {}) {
    if (!use.optional) check_pointer(operation, name, pointer, elements);
  });
}

/// Throws an Error that names both sizes when the workspace is smaller than the kernels need.
template <class Args>
void check_workspace(char const* operation, Args const& args) {
  std::size_t const needed = args.workspace_bytes();
  check(args.workspace.bytes >= needed && (args.workspace.data != nullptr || needed == 0), "[", operation,
        "] workspace is too small or null: ", args.workspace.bytes, " bytes, needs ", needed);
}

/// Throws an Error unless epsilon, which keeps a division from zero, is a number that is not negative.
inline void check_epsilon(char const* operation, f32 epsilon) {
  check(epsilon >= 0, "[", operation, "] epsilon must not be negative or NaN: epsilon=", epsilon);
}

}  // namespace heddle
