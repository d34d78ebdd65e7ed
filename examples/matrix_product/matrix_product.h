// A matrix product in steps, from naive to the matrix unit. Each step is a file; this is what they have in common.
//   C = A B, row-major, with m and n multiples of 64 and k a multiple of 32.
#pragma once

#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

template <class T>
struct Product {
  int m, n, k;
  T const* a;  // [m, k]
  T const* b;  // [k, n]
  f32* c;      // [m, n]
};

/// Throws an Error that names the sizes when they are not multiples as above.
template <class T>
using ProductFn = void(Product<T> const& product, Stream stream);

namespace emulated {
extern ProductFn<f32> naive_product, coalesced_product, shared_tile_product, register_tile_product, pipelined_product;
extern ProductFn<bf16> tensor_core_product, warpgroup_product;
}  // namespace emulated

namespace cuda {
extern ProductFn<f32> naive_product, coalesced_product, shared_tile_product, register_tile_product, pipelined_product;
extern ProductFn<bf16> tensor_core_product, warpgroup_product;
}  // namespace cuda

}  // namespace heddle
