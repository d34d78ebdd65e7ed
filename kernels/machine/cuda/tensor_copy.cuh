// Asynchronous copies of boxes of tensors (PTX ISA, cp.async.bulk.tensor). One thread issues one; the map, which is a
// member of the Params, says what a box is (tensor_map.h). Coordinates are those of the box's first element, innermost
// dimension first, and may lie outside of the tensor.
//
// In shared memory a box is dense, its row of dimension 0 innermost, swizzled as the map says, and starts at a multiple
// of 128 bytes. What a load finds outside of the tensor is filled and counts; stores leave it out. Completion is that of
// bulk_copy.cuh.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/cache_policy.h"
#include "kernels/machine/cuda/architecture.cuh"
#include "kernels/machine/cuda/shared_address.cuh"
#include "kernels/machine/mbarrier.h"
#include "kernels/machine/tensor_map.h"

namespace heddle::cuda {

namespace detail {

/// How a rank is written in PTX. The assembly below always names five coordinates and three offsets, c0 … c4 and o0 … o2,
/// of which an instruction uses the first.
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
  static constexpr char instruction[] = "cp.async.bulk.tensor", operation[] = "";
};
struct Addition {
  static constexpr char instruction[] = "cp.reduce.async.bulk.tensor", operation[] = ".add";
};

template <int rank>
__device__ void load_tile(void* shared, TensorMap const& map, i32 const (&c)[rank], MBarrier& barrier, auto const target,
                          u32 blocks, CachePolicy policy) {
  using Box = BoxText<rank>;
  using Target = decltype(target);
  asm volatile(
      "{ .reg .b32 c<5>; .reg .b16 blocks;\n"
      "mov.b32 c0, %3; mov.b32 c1, %4; mov.b32 c2, %5; mov.b32 c3, %6; mov.b32 c4, %7; mov.b16 blocks, %8;\n"
      "cp.async.bulk.tensor.%10.shared::cluster.global.tile.mbarrier::complete_tx::bytes%12.L2::cache_hint"
      " [%0], [%1, %11], [%2]%13, %9; }" ::"r"(shared_address(shared)),
      "l"(&map), "r"(shared_address(&barrier)), "r"(c[0]), "r"(c[rank > 1 ? 1 : 0]), "r"(c[rank > 2 ? 2 : 0]),
      "r"(c[rank > 3 ? 3 : 0]), "r"(c[rank > 4 ? 4 : 0]), "h"(static_cast<unsigned short>(blocks)), "l"(policy),
      "C"(Box::dimensions), "C"(Box::coordinates), "C"(Target::qualifier), "C"(Target::operand)
      : "memory");
}

}  // namespace detail
}  // namespace heddle::cuda
namespace heddle::cuda {
__global__ void test(__grid_constant__ TensorMap const m, MBarrier* b, void* s, i32 x) {
  detail::load_tile(s, m, {x, x + 1, 3}, *b, detail::ToOneBlock{}, 0, CachePolicy::evict_first);
  detail::load_tile(s, m, {x, x + 1, 3,4,5}, *b, detail::ToManyBlocks{}, 3, CachePolicy::evict_first);
  detail::load_tile(s, m, {x}, *b, detail::ToManyBlocks{}, 3, CachePolicy::evict_first);
}
}
