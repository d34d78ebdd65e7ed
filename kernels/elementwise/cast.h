// Conversion of a tensor's elements.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

template <class X, class Y>
struct Conversion {
  using From = X;
  using To = Y;
};

/// y = x in another type, for two different ones of f32, f16, bf16, f8e4m3, i8, u8. Rounds to nearest even. f8e4m3
/// saturates at 448; integers saturate at their ends, and NaN becomes 0.
template <class Types>
struct CastArgs {
  i64 count = 0;
  typename Types::From const* x = nullptr;  // [count]
  typename Types::To* y = nullptr;          // [count]

  static void tensors(auto& args, auto&& tensor) {
    tensor("x", args.x, args.count);
    tensor("y", args.y, args.count);
  }
  double flops() const { return 0; }
};

HEDDLE_OPERATION(cast, CastArgs);

}  // namespace heddle

/// Instantiates a device's cast, in its namespace, from one type to five others, and between all of them.
#define HEDDLE_INSTANTIATE_CAST(X, A, B, C, D, E)                \
  template void cast(CastArgs<Conversion<X, A>> const&, Stream); \
  template void cast(CastArgs<Conversion<X, B>> const&, Stream); \
  template void cast(CastArgs<Conversion<X, C>> const&, Stream); \
  template void cast(CastArgs<Conversion<X, D>> const&, Stream); \
  template void cast(CastArgs<Conversion<X, E>> const&, Stream)
#define HEDDLE_INSTANTIATE_CASTS()                         \
  HEDDLE_INSTANTIATE_CAST(f32, f16, bf16, f8e4m3, i8, u8); \
  HEDDLE_INSTANTIATE_CAST(f16, f32, bf16, f8e4m3, i8, u8); \
  HEDDLE_INSTANTIATE_CAST(bf16, f32, f16, f8e4m3, i8, u8); \
  HEDDLE_INSTANTIATE_CAST(f8e4m3, f32, f16, bf16, i8, u8); \
  HEDDLE_INSTANTIATE_CAST(i8, f32, f16, bf16, f8e4m3, u8); \
  HEDDLE_INSTANTIATE_CAST(u8, f32, f16, bf16, f8e4m3, i8)
