// The types of elements as values, for what is known only when the program runs.
#pragma once

#include "kernels/core/types.h"

namespace heddle {

enum class DType : u8 { f32, f16, bf16, f8e4m3, i8, u8, i32, i64 };

template <class T>
inline constexpr DType dtype_of = DType::f32;
template <>
inline constexpr DType dtype_of<f16> = DType::f16;
template <>
inline constexpr DType dtype_of<bf16> = DType::bf16;
template <>
inline constexpr DType dtype_of<f8e4m3> = DType::f8e4m3;
template <>
inline constexpr DType dtype_of<i8> = DType::i8;
template <>
inline constexpr DType dtype_of<u8> = DType::u8;
template <>
inline constexpr DType dtype_of<i32> = DType::i32;
template <>
inline constexpr DType dtype_of<i64> = DType::i64;

}  // namespace heddle
