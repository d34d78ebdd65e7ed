// Launchers of the matrix product: for CUDA, and for the emulator.
#include <concepts>

#include "kernels/core/choice.h"
#include "kernels/gemm/gemm_check.h"
#include "kernels/gemm/gemm_plain.cuh"
#include "kernels/gemm/gemm_tensor_core.h"
#include "kernels/machine/device.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T, class D>
GemmOperand<T> operand_a(GemmArgs<T, D> const& args) {
  return {args.a, args.m, args.transpose_a ? 1 : args.lda, args.transpose_a ? args.lda : 1, factors_of_a(args)};
}

template <class T, class D>
GemmOperand<T> operand_b(GemmArgs<T, D> const& args) {
  return {args.b, args.n, args.transpose_b ? args.ldb : 1, args.transpose_b ? 1 : args.ldb, factors_of_b(args)};
}

template <class T, class D>
void launch_plain(GemmArgs<T, D> const& args, Stream stream) {
  GemmPlainConfig const config = choose_gemm_plain(args.m, args.n);
  i64 const tiles = config.tiles(args.m, args.n);
  check(tiles <= 0x7fffffff, "[gemm] d has more tiles than a launch takes: m=", args.m, ", n=", args.n);
  bool const c_vectorised = args.beta == 0 || (args.ldc % 4 == 0 && aligned(args.c));
  bool const vectorised = c_vectorised && args.ldd % 4 == 0 && aligned(args.d);
  with_config<gemm_plain_configs>(config, [&]<GemmPlainConfig chosen>() {
    launch<GemmPlain<T, D, chosen>>(dim3(static_cast<unsigned>(tiles)),
                                    {args.k,
                                     operand_a(args),
                                     operand_b(args),
                                     scale_of(args),
                                     {args.m, args.n, args.alpha, args.beta, args.c, args.ldc, args.d, args.ldd},
                                     vectorised},
                                    stream, "gemm");
  });
}

/// The same product of operands that lie along k, those that do not in the workspace. Calls lay(operand, to) for each
/// of them.
template <class T, class D, class Lay>
GemmArgs<T, D> along_k(GemmArgs<T, D> const& args, Lay const& lay) {
  GemmArgs<T, D> result = args;
  GemmWorkspace const offsets = gemm_workspace(args);
  auto const replace = [&](T const*& data, i64& leading, i64& stride, i64 lines, std::size_t offset) {
    T* const to = reinterpret_cast<T*>(static_cast<u8*>(args.workspace.data) + offset);
    lay(GemmAcross<T>{data, stride == 0 ? 1 : args.batch, stride, lines, args.k, leading}, to);
    data = to;
    leading = leading_along_k<T>(args.k);
    stride = stride == 0 ? 0 : lines * leading;
  };
  if (args.transpose_a) replace(result.a, result.lda, result.strides.a, args.m, offsets.a);
  if (!args.transpose_b) replace(result.b, result.ldb, result.strides.b, args.n, offsets.b);
  result.transpose_a = false;
  result.transpose_b = true;
  return result;
}

/// By the matrix unit, which takes elements that are not of 16 bits along k alone; false where it does not.
template <class T, class D>
bool multiply_along_k(GemmArgs<T, D> const& args, Stream stream) {
  bool const sm90 = kernel_architecture() == 90;
  if ((std::same_as<T, f32> && !args.tf32) || (is_f8<T> && !sm90)) return false;
  if (!tensor_cores_take(along_k(args, [](auto const&, T*) {}))) return false;
  auto const lines = along_k(args, [&](auto const& operand, T* to) { lay_along_k(operand, to, stream); });
  if (sm90)
    gemm_narrow_sm90(lines, stream);
  else if constexpr (!is_f8<T>)
    gemm_sm80(lines, stream);
  return true;
}

/// The matrix unit's kernel where it takes the product.
template <class T, class D>
void launch_one(GemmArgs<T, D> const& args, Stream stream) {
  if constexpr (sizeof(T) == 2) {
    if (tensor_cores_take(args) && args.scales.a == nullptr && args.scales.b == nullptr)
      return kernel_architecture() == 90 ? gemm_sm90(args, stream) : gemm_sm80(args, stream);
  } else if (multiply_along_k(args, stream)) {
    return;
  }
  launch_plain(args, stream);
}

}  // namespace

template <class T, class D>
void gemm(GemmArgs<T, D> const& args, Stream stream) {
  check_arguments(args);
  check_workspace("gemm", args);
  if (args.m == 0 || args.n == 0 || args.batch == 0) return;
  if constexpr ((std::same_as<T, D> && sizeof(T) > 1) || std::same_as<D, i32> ||
                (sizeof(T) == 1 && std::same_as<D, f32>))
    if (args.batch == 1 && args.epilogue.empty()) return launch_one(args, stream);
  fail(
      "[gemm] this device multiplies f32, f16 or bf16 into the same type, f8 into f32, i8 into f32 or i32, one product "
      "without an epilogue: use the CPU");
}

HEDDLE_INSTANTIATE_GEMM(gemm);

}  // namespace heddle::HEDDLE_BACKEND
