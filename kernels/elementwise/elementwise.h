// Weighted sums and multiples of contiguous tensors.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

/// out = alpha * a + beta * b. out may be a or b.
template <class T>
struct AddArgs {
  i64 count = 0;
  f32 alpha = 1;
  T const* a = nullptr;  // [count]
  f32 beta = 1;
  T const* b = nullptr;  // [count]
  T* out = nullptr;      // [count]

  static void tensors(auto& args, auto&& tensor) {
    tensor("a", args.a, args.count);
    tensor("b", args.b, args.count);
    tensor("out", args.out, args.count);
  }
  double flops() const { return 3.0 * static_cast<double>(count); }
};

/// y = scale * factor * x. y may be x.
template <class T>
struct ScaleArgs {
  i64 count = 0;
  f32 scale = 1;
  f32 const* factor = nullptr;  // [1], in the memory of the device; null for 1
  T const* x = nullptr;         // [count]
  T* y = nullptr;               // [count]

  static void tensors(auto& args, auto&& tensor) {
    tensor("factor", args.factor, 1, TensorUse{.optional = true});
    tensor("x", args.x, args.count);
    tensor("y", args.y, args.count);
  }
  double flops() const { return static_cast<double>(count); }
};

HEDDLE_OPERATION(add, AddArgs);
HEDDLE_OPERATION(scale, ScaleArgs);

}  // namespace heddle
