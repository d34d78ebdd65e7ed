// The mean over all positions of each image: x [n, positions, c] -> y [n, c].
#pragma once

#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

/// Bytes of scratch that the forward pass of a device needs.
std::size_t global_average_workspace_bytes(i64 n, i64 positions, i64 c);

template <class T>
struct GlobalAverageForwardArgs {
  i64 n = 0, positions = 0, c = 0;
  T const* x = nullptr;  // [n, positions, c]
  T* y = nullptr;        // [n, c]
  Workspace workspace;   // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.n * a.positions * a.c);
    tensor("y", a.y, a.n * a.c);
  }
  double flops() const { return static_cast<double>(n) * static_cast<double>(positions * c); }
  std::size_t workspace_bytes() const { return global_average_workspace_bytes(n, positions, c); }
};

/// dx = dy / positions at every position.
template <class T>
struct GlobalAverageBackwardArgs {
  i64 n = 0, positions = 0, c = 0;
  T const* dy = nullptr;  // [n, c]
  T* dx = nullptr;        // [n, positions, c]

  static void tensors(auto& a, auto&& tensor) {
    tensor("dy", a.dy, a.positions == 0 ? 0 : a.n * a.c);
    tensor("dx", a.dx, a.n * a.positions * a.c);
  }
  double flops() const { return static_cast<double>(n) * static_cast<double>(c); }
};

HEDDLE_OPERATION(global_average_forward, GlobalAverageForwardArgs);
HEDDLE_OPERATION(global_average_backward, GlobalAverageBackwardArgs);

/// Throws an Error that names the sizes when one is negative, or positions 0 where there is a mean to take.
void check_global_average(char const* operation, i64 n, i64 positions, i64 c);

}  // namespace heddle
