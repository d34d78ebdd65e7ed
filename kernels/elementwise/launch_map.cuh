// The launch of a map over tensors.
#pragma once

#include <algorithm>

#include "kernels/core/choice.h"
#include "kernels/core/math.h"
#include "kernels/elementwise/map.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Whether all tensors are aligned to the widest accesses.
template <class F>
bool aligned_operands(ElementOperands<F> const& operands) {
  return std::all_of(std::begin(operands.in), std::end(operands.in), [](auto* in) { return aligned(in); }) &&
         aligned(operands.out);
}

/// out[i] = F of element i of the inputs, for `count` of them.
template <class F>
void launch_map(i64 count, ElementOperands<F> const& operands, Stream stream, char const* name) {
  if (count == 0) return;
  bool const vectorised = aligned_operands(operands);
  i64 const tile = static_cast<i64>(Map<F>::threads) * Map<F>::accesses * (vectorised ? elements_of_access<F> : 1);
  launch<Map<F>>(dim3(static_cast<unsigned>(ceil_div(count, tile))), {count, vectorised, operands}, stream, name);
}

}  // namespace heddle::HEDDLE_BACKEND
