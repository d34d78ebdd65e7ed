// Launchers of the matrix product: for CUDA, and for the emulator.
#include <concepts>

#include "kernels/core/choice.h"
#include "kernels/gemm/gemm_check.h"
#include "kernels/gemm/gemm_plain.cuh"
#include "kernels/gemm/gemm_tensor_core.h"
#include "kernels/machine/device.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
GemmOperand<T> operand_a(GemmArgs<T> const& args) {
  return {args.a, args.m, args.transpose_a ? 1 : args.lda, args.transpose_a ? args.lda : 1};
}

template <class T>
GemmOperand<T> operand_b(GemmArgs<T> const& args) {
  return {args.b, args.n, args.transpose_b ? args.ldb : 1, args.transpose_b ? 1 : args.ldb};
}

template <class T>
void launch_plain(GemmArgs<T> const& args, Stream stream) {
  GemmPlainConfig const config = choose_gemm_plain(args.m, args.n);
  i64 const tiles = config.tiles(args.m, args.n);
  check(tiles <= 0x7fffffff, "[gemm] d has more tiles than a launch takes: m=", args.m, ", n=", args.n);
  bool const c_vectorised = args.beta == 0 || (args.ldc % 4 == 0 && aligned(args.c));
  bool const vectorised = c_vectorised && args.ldd % 4 == 0 && aligned(args.d);
  with_config<gemm_plain_configs>(config, [&]<GemmPlainConfig chosen>() {
    launch<GemmPlain<T, chosen>>(dim3(static_cast<unsigned>(tiles)),
                                 {args.k,
                                  operand_a(args),
                                  operand_b(args),
                                  {args.m, args.n, args.alpha, args.beta, args.c, args.ldc, args.d, args.ldd},
                                  vectorised},
                                 stream, "gemm");
  });
}

/// The matrix unit's kernel where it takes the product.
template <class T>
void launch_one(GemmArgs<T> const& args, Stream stream) {
  if constexpr (sizeof(T) == 2)
    if (tensor_cores_take(args)) {
      if (kernel_architecture() == 90 && tensor_maps_take_batch(args))
        return gemm_sm90(args, choose_gemm_sm90(args.m, args.n, args.k, args.batch), 132, stream);
      if (args.batch == 1) return gemm_sm80(args, stream);
    }
  check(args.batch == 1, "[gemm] this device multiplies no batch of such strides: batch=", args.batch, "; use the CPU");
  launch_plain(args, stream);
}

}  // namespace

template <class T, class D>
void gemm(GemmArgs<T, D> const& args, Stream stream) {
  check_arguments(args);
  if (args.m == 0 || args.n == 0 || args.batch == 0) return;
  if constexpr (std::same_as<T, D> && (sizeof(T) == 2 || std::same_as<T, f32>))
    if (args.epilogue.empty() && args.scales.a == nullptr && args.scales.b == nullptr) return launch_one(args, stream);
  fail("[gemm] this device multiplies f32, f16 or bf16 into the same type, without an epilogue: use the CPU");
}

HEDDLE_INSTANTIATE_GEMM(gemm);

}  // namespace heddle::HEDDLE_BACKEND
