// Reductions of one axis of a tensor x, seen as [outer, axis, inner], to y [outer, inner].
#pragma once

#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

struct ReduceShape {
  i64 outer = 1, axis = 0, inner = 1;

  constexpr i64 results() const { return outer * inner; }
  constexpr i64 elements() const { return outer * axis * inner; }
  friend bool operator==(ReduceShape const&, ReduceShape const&) = default;
};

/// Bytes of scratch on a device, for states of `state_bytes`.
std::size_t reduce_workspace_bytes(ReduceShape const& shape, std::size_t state_bytes);

/// The sum of x, sum / axis, or sqrt(sum of x^2). Of an empty axis: 0, NaN, 0.
enum class Summary : u8 { sum, mean, l2_norm };

/// Sums and squares are f32 on a device, double on the CPU.
template <class T>
struct ReduceSumArgs {
  ReduceShape shape;
  Summary summary = Summary::sum;
  T const* x = nullptr;      // [outer, axis, inner]
  T* y = nullptr;            // [outer, inner]
  Workspace workspace = {};  // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.shape.elements());
    tensor("y", a.y, a.shape.results());
  }
  double flops() const { return (summary == Summary::l2_norm ? 2.0 : 1.0) * static_cast<double>(shape.elements()); }
  std::size_t workspace_bytes() const { return reduce_workspace_bytes(shape, sizeof(f32)); }
};

/// The sum of x * z. Of an empty axis 0.
template <class T>
struct ReduceDotArgs {
  ReduceShape shape;
  T const* x = nullptr;      // [outer, axis, inner]
  T const* z = nullptr;      // [outer, axis, inner]
  T* y = nullptr;            // [outer, inner]
  Workspace workspace = {};  // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.shape.elements());
    tensor("z", a.z, a.shape.elements());
    tensor("y", a.y, a.shape.results());
  }
  double flops() const { return 2.0 * static_cast<double>(shape.elements()); }
  std::size_t workspace_bytes() const { return reduce_workspace_bytes(shape, sizeof(f32)); }
};

/// The largest element and its place in the axis, the first of equal ones. NaN counts as larger than all others. The
/// axis must not be empty.
template <class T>
struct ReduceMaxArgs {
  ReduceShape shape;
  T const* x = nullptr;      // [outer, axis, inner]
  T* y = nullptr;            // [outer, inner]; null: not wanted
  i64* index = nullptr;      // [outer, inner]; null: not wanted
  Workspace workspace = {};  // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.shape.elements());
    tensor("y", a.y, a.shape.results(), TensorUse{.optional = true});
    tensor("index", a.index, a.shape.results(), TensorUse{.optional = true});
  }
  double flops() const { return 0; }  // but comparisons
  std::size_t workspace_bytes() const { return reduce_workspace_bytes(shape, 2 * sizeof(i64)); }
};

HEDDLE_OPERATION(reduce_sum, ReduceSumArgs);
HEDDLE_OPERATION(reduce_dot, ReduceDotArgs);
HEDDLE_OPERATION(reduce_max, ReduceMaxArgs);

}  // namespace heddle
