// Launchers of the copies of operands that are laid along k: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_along_k.cuh"

#include "kernels/core/error.h"
#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void lay_along_k(GemmAcross<T> const& operand, T* to, Stream stream) {
  using Kernel = GemmAlongK<T>;
  i64 const blocks = operand.products * Kernel::blocks(operand.size, operand.k);
  check(blocks <= 0x7fffffff, "[gemm] an operand is larger than a launch lays along k: k=", operand.k,
        ", lines=", operand.size, ", products=", operand.products);
  launch<Kernel>(dim3(static_cast<unsigned>(blocks)), {operand, to, leading_along_k<T>(operand.k)}, stream,
                 "gemm_along_k");
}

template void lay_along_k(GemmAcross<f32> const&, f32*, Stream);
template void lay_along_k(GemmAcross<f8e4m3> const&, f8e4m3*, Stream);
template void lay_along_k(GemmAcross<i8> const&, i8*, Stream);

}  // namespace heddle::HEDDLE_BACKEND
