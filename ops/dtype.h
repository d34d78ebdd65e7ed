// Element types that a Tensor can hold.
#pragma once

#include <cstddef>
#include <string_view>

#include "kernels/core/types.h"

namespace heddle {

enum class DType : u8 { f32, f16, bf16, i8, u8, i32, i64 };

/// "f32", "bf16", …
std::string_view name(DType dtype);
/// Bytes of one element.
std::size_t size_bytes(DType dtype);

template <class T>
inline constexpr DType dtype_of = DType::f32;
template <>
inline constexpr DType dtype_of<f16> = DType::f16;
template <>
inline constexpr DType dtype_of<bf16> = DType::bf16;
template <>
inline constexpr DType dtype_of<i8> = DType::i8;
template <>
inline constexpr DType dtype_of<u8> = DType::u8;
template <>
inline constexpr DType dtype_of<i32> = DType::i32;
template <>
inline constexpr DType dtype_of<i64> = DType::i64;

}  // namespace heddle
