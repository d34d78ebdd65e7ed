// cp.async.bulk.tensor in inline PTX, for sm_90. What differs between ranks and kinds are texts that the compiler puts
// in.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/cache_policy.h"
#include "kernels/machine/cuda/shared_address.cuh"
#include "kernels/machine/mbarrier.h"
#include "kernels/machine/tensor_map.h"

namespace heddle::cuda {

namespace detail {

/// How a rank is written in PTX. The assembly below always names five coordinates and three offsets, c0 … c4 and o0 …
/// o2, of which an instruction uses the first.
template <int rank>
struct BoxText;
template <>
struct BoxText<1> {
  static constexpr char dimensions[] = "1d", coordinates[] = "{c0}";
};
template <>
struct BoxText<2> {
  static constexpr char dimensions[] = "2d", coordinates[] = "{c0, c1}";
};
template <>
struct BoxText<3> {
  static constexpr char dimensions[] = "3d", coordinates[] = "{c0, c1, c2}", offsets[] = ", {o0}";
};
template <>
struct BoxText<4> {
  static constexpr char dimensions[] = "4d", coordinates[] = "{c0, c1, c2, c3}", offsets[] = ", {o0, o1}";
};
template <>
struct BoxText<5> {
  static constexpr char dimensions[] = "5d", coordinates[] = "{c0, c1, c2, c3, c4}", offsets[] = ", {o0, o1, o2}";
};

struct ToOneBlock {
  static constexpr char qualifier[] = "", operand[] = "";
};
struct ToManyBlocks {
  static constexpr char qualifier[] = ".multicast::cluster", operand[] = ", blocks";
};

struct Store {
  static constexpr char name[] = "cp.async.bulk.tensor", operation[] = "";
};
struct Addition {
  static constexpr char name[] = "cp.reduce.async.bulk.tensor", operation[] = ".add";
};

struct Tile {
  static constexpr char mode[] = ".tile";
};
struct Pixels {
  static constexpr char mode[] = ".im2col_no_offs";
};

/// Dimension i, or any value where the rank is lower.
template <int i, class T, int rank>
__device__ T component(T const (&values)[rank]) {
  return values[i < rank ? i : 0];
}

template <class Target, int rank>
__device__ void load_tile(void* shared, TensorMap const& map, i32 const (&c)[rank], MBarrier& barrier, u32 blocks,
                          CachePolicy policy) {
  using Box = BoxText<rank>;
  asm volatile(
      "{ .reg .b32 c<5>; .reg .b16 blocks;\n"
      "mov.b32 c0, %3; mov.b32 c1, %4; mov.b32 c2, %5; mov.b32 c3, %6; mov.b32 c4, %7; mov.b16 blocks, %8;\n"
      "cp.async.bulk.tensor.%10.shared::cluster.global.tile.mbarrier::complete_tx::bytes%12.L2::cache_hint"
      " [%0], [%1, %11], [%2]%13, %9; }" ::"r"(shared_address(shared)),
      "l"(&map), "r"(shared_address(&barrier)), "r"(c[0]), "r"(component<1>(c)), "r"(component<2>(c)),
      "r"(component<3>(c)), "r"(component<4>(c)), "h"(static_cast<unsigned short>(blocks)), "l"(policy),
      "C"(Box::dimensions), "C"(Box::coordinates), "C"(Target::qualifier), "C"(Target::operand)
      : "memory");
}

template <class Target, int rank>
__device__ void load_im2col(void* shared, TensorMap const& map, i32 const (&c)[rank],
                            unsigned short const (&offsets)[rank - 2], MBarrier& barrier, u32 blocks,
                            CachePolicy policy) {
  using Box = BoxText<rank>;
  asm volatile(
      "{ .reg .b32 c<5>; .reg .b16 o<3>, blocks;\n"
      "mov.b32 c0, %3; mov.b32 c1, %4; mov.b32 c2, %5; mov.b32 c3, %6; mov.b32 c4, %7; mov.b16 blocks, %8;\n"
      "mov.b16 o0, %14; mov.b16 o1, %15; mov.b16 o2, %16;\n"
      "cp.async.bulk.tensor.%10.shared::cluster.global.im2col.mbarrier::complete_tx::bytes%12.L2::cache_hint"
      " [%0], [%1, %11], [%2]%17%13, %9; }" ::"r"(shared_address(shared)),
      "l"(&map), "r"(shared_address(&barrier)), "r"(c[0]), "r"(component<1>(c)), "r"(component<2>(c)),
      "r"(component<3>(c)), "r"(component<4>(c)), "h"(static_cast<unsigned short>(blocks)), "l"(policy),
      "C"(Box::dimensions), "C"(Box::coordinates), "C"(Target::qualifier), "C"(Target::operand), "h"(offsets[0]),
      "h"(component<1>(offsets)), "h"(component<2>(offsets)), "C"(Box::offsets)
      : "memory");
}

template <class Instruction, class Kind, int rank>
__device__ void store(TensorMap const& map, i32 const (&c)[rank], void const* shared, CachePolicy policy) {
  using Box = BoxText<rank>;
  asm volatile(
      "{ .reg .b32 c<5>;\n"
      "mov.b32 c0, %2; mov.b32 c1, %3; mov.b32 c2, %4; mov.b32 c3, %5; mov.b32 c4, %6;\n"
      "%8.%10.global.shared::cta%9%12.bulk_group.L2::cache_hint [%0, %11], [%1], %7; }" ::"l"(&map),
      "r"(shared_address(shared)), "r"(c[0]), "r"(component<1>(c)), "r"(component<2>(c)), "r"(component<3>(c)),
      "r"(component<4>(c)), "l"(policy), "C"(Instruction::name), "C"(Instruction::operation), "C"(Box::dimensions),
      "C"(Box::coordinates), "C"(Kind::mode)
      : "memory");
}

template <int rank>
__device__ void prefetch_tile(TensorMap const& map, i32 const (&c)[rank], CachePolicy policy) {
  using Box = BoxText<rank>;
  asm volatile(
      "{ .reg .b32 c<5>;\n"
      "mov.b32 c0, %1; mov.b32 c1, %2; mov.b32 c2, %3; mov.b32 c3, %4; mov.b32 c4, %5;\n"
      "cp.async.bulk.prefetch.tensor.%7.L2.global.tile.L2::cache_hint [%0, %8], %6; }" ::"l"(&map),
      "r"(c[0]), "r"(component<1>(c)), "r"(component<2>(c)), "r"(component<3>(c)), "r"(component<4>(c)), "l"(policy),
      "C"(Box::dimensions), "C"(Box::coordinates)
      : "memory");
}

template <int rank>
__device__ void prefetch_im2col(TensorMap const& map, i32 const (&c)[rank], unsigned short const (&offsets)[rank - 2],
                                CachePolicy policy) {
  using Box = BoxText<rank>;
  asm volatile(
      "{ .reg .b32 c<5>; .reg .b16 o<3>;\n"
      "mov.b32 c0, %1; mov.b32 c1, %2; mov.b32 c2, %3; mov.b32 c3, %4; mov.b32 c4, %5;\n"
      "mov.b16 o0, %9; mov.b16 o1, %10; mov.b16 o2, %11;\n"
      "cp.async.bulk.prefetch.tensor.%7.L2.global.im2col.L2::cache_hint [%0, %8]%12, %6; }" ::"l"(&map),
      "r"(c[0]), "r"(component<1>(c)), "r"(component<2>(c)), "r"(component<3>(c)), "r"(component<4>(c)), "l"(policy),
      "C"(Box::dimensions), "C"(Box::coordinates), "h"(offsets[0]), "h"(component<1>(offsets)),
      "h"(component<2>(offsets)), "C"(Box::offsets)
      : "memory");
}

}  // namespace detail

}  // namespace heddle::cuda
