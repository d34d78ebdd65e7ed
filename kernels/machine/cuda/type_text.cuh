// The names of element types in PTX, for inline PTX that the compiler puts them in.
#pragma once

#include "kernels/core/types.h"

namespace heddle::cuda::detail {

/// How a type is written in PTX; u32 as an accumulator is a pair of f16.
template <class T>
struct TypeText;
template <>
struct TypeText<bf16> {
  static constexpr char text[] = "bf16";
};
template <>
struct TypeText<f16> {
  static constexpr char text[] = "f16";
};
template <>
struct TypeText<u32> : TypeText<f16> {};
template <>
struct TypeText<tf32> {
  static constexpr char text[] = "tf32";
};
template <>
struct TypeText<f8e4m3> {
  static constexpr char text[] = "e4m3";
};
template <>
struct TypeText<f8e5m2> {
  static constexpr char text[] = "e5m2";
};
template <>
struct TypeText<i8> {
  static constexpr char text[] = "s8";
};
template <>
struct TypeText<u8> {
  static constexpr char text[] = "u8";
};
template <>
struct TypeText<f32> {
  static constexpr char text[] = "f32";
};
template <>
struct TypeText<i32> {
  static constexpr char text[] = "s32";
};

}  // namespace heddle::cuda::detail
