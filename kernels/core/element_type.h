// The types of elements as values, for what is known only when the program runs.
#pragma once

#include "kernels/core/types.h"

namespace heddle {

enum class ElementType : u8 { f32, f16, bf16, f8e4m3, i8, i32 };

template <class T>
inline constexpr ElementType element_type = ElementType::f32;
template <>
inline constexpr ElementType element_type<f16> = ElementType::f16;
template <>
inline constexpr ElementType element_type<bf16> = ElementType::bf16;
template <>
inline constexpr ElementType element_type<f8e4m3> = ElementType::f8e4m3;
template <>
inline constexpr ElementType element_type<i8> = ElementType::i8;
template <>
inline constexpr ElementType element_type<i32> = ElementType::i32;

}  // namespace heddle
