// Matrices of 8x8 16-bit elements between shared memory and the registers of a warp (PTX ISA, ldmatrix, stmatrix,
// movmatrix). Bytes are moved, whatever they mean: a row is 16 bytes, of 8-bit elements or of tf32 as well.
//
// Matrix j has its row r at the address that lane 8j + r gives, aligned to 16 bytes; the addresses of lanes beyond the
// last row are not used. Register j of a lane is word `lane` of matrix j, see matrix_fragment
// (kernels/machine/fragment.h). All 32 lanes of a warp call together.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/cuda/architecture.cuh"
#include "kernels/machine/cuda/shared_address.cuh"

namespace heddle::cuda {

/// Reads 1, 2 or 4 matrices: the lane has [lane / 4][lane % 4 * 2] in the low half, and its right neighbour in the
/// high.
template <int count>
__device__ void ldmatrix(u32 (&matrices)[count], void const* row) {
  static_assert(count == 1 || count == 2 || count == 4);
  u32 const address = shared_address(row);
  if constexpr (count == 1)
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(matrices[0]) : "r"(address) : "memory");
  else if constexpr (count == 2)
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                 : "=r"(matrices[0]), "=r"(matrices[1])
                 : "r"(address)
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(matrices[0]), "=r"(matrices[1]), "=r"(matrices[2]), "=r"(matrices[3])
                 : "r"(address)
                 : "memory");
}

/// The same with each matrix transposed on the way.
template <int count>
__device__ void ldmatrix_transposed(u32 (&matrices)[count], void const* row) {
  static_assert(count == 1 || count == 2 || count == 4);
  u32 const address = shared_address(row);
  if constexpr (count == 1)
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];"
                 : "=r"(matrices[0])
                 : "r"(address)
                 : "memory");
  else if constexpr (count == 2)
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(matrices[0]), "=r"(matrices[1])
                 : "r"(address)
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(matrices[0]), "=r"(matrices[1]), "=r"(matrices[2]), "=r"(matrices[3])
                 : "r"(address)
                 : "memory");
}

/// Writes 1, 2 or 4 matrices: the inverse of ldmatrix. Needs sm_90.
template <int count>
__device__ void stmatrix(void* row, u32 const (&matrices)[count]) {
  static_assert(count == 1 || count == 2 || count == 4);
  u32 const address = shared_address(row);
  if constexpr (architecture < 90)
    __trap();
  else if constexpr (count == 1)
    asm volatile("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%0], {%1};" ::"r"(address), "r"(matrices[0]) : "memory");
  else if constexpr (count == 2)
    asm volatile("stmatrix.sync.aligned.m8n8.x2.shared.b16 [%0], {%1, %2};" ::"r"(address), "r"(matrices[0]),
                 "r"(matrices[1])
                 : "memory");
  else
    asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(address), "r"(matrices[0]),
                 "r"(matrices[1]), "r"(matrices[2]), "r"(matrices[3])
                 : "memory");
}

/// The inverse of ldmatrix_transposed. Needs sm_90.
template <int count>
__device__ void stmatrix_transposed(void* row, u32 const (&matrices)[count]) {
  static_assert(count == 1 || count == 2 || count == 4);
  u32 const address = shared_address(row);
  if constexpr (architecture < 90)
    __trap();
  else if constexpr (count == 1)
    asm volatile("stmatrix.sync.aligned.m8n8.x1.trans.shared.b16 [%0], {%1};" ::"r"(address), "r"(matrices[0])
                 : "memory");
  else if constexpr (count == 2)
    asm volatile("stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%0], {%1, %2};" ::"r"(address), "r"(matrices[0]),
                 "r"(matrices[1])
                 : "memory");
  else
    asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(address),
                 "r"(matrices[0]), "r"(matrices[1]), "r"(matrices[2]), "r"(matrices[3])
                 : "memory");
}

/// The lane's word of the transpose of an 8x8 matrix whose words the lanes give.
__device__ inline u32 movmatrix_transposed(u32 word) {
  u32 result;
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(result) : "r"(word));
  return result;
}

}  // namespace heddle::cuda
