// Launchers of the matrix product: for CUDA, and for the emulator.
#include <concepts>
#include <iterator>
#include <string>

#include "kernels/core/choice.h"
#include "kernels/gemm/gemm_check.h"
#include "kernels/gemm/gemm_configurations.h"
#include "kernels/gemm/gemm_model.h"
#include "kernels/gemm/gemm_plain.cuh"
#include "kernels/gemm/gemm_skinny.h"
#include "kernels/gemm/gemm_table.h"
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
  GemmPlainConfig const config = gemm_plain_configs[args.choice.config];
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

/// Whether the kernel, of which there is such a configuration, takes the product.
template <class T>
bool takes(GemmChoice const& choice, GemmArgs<T> const& args) {
  auto const is_one_of = [&](auto const& configs) { return choice.config >= 0 && choice.config < std::ssize(configs); };
  switch (choice.path) {
    case GemmPath::plain:
      return is_one_of(gemm_plain_configs);
    case GemmPath::skinny: {
      SkinnyShape const shape = SkinnyShape::of(args);
      return is_one_of(gemm_skinny_configs) && gemm_skinny_configs[choice.config].takes(shape.small, shape.along_k);
    }
    case GemmPath::sm80:
      return choice.config == 0 && sizeof(T) == 2 && tensor_cores_take(args);
    case GemmPath::sm90:
      return is_one_of(gemm_sm90_configs) && sizeof(T) == 2 && kernel_architecture() == 90 && tensor_cores_take(args);
    default:
      return false;
  }
}

/// The measured choice, or the one that should be fastest.
template <class T>
GemmChoice choose(GemmArgs<T> const& args) {
  auto const measured = GemmTable::of_environment().find(args);
  if (measured && takes(*measured, args)) return *measured;
  GemmMachine const machine = gemm_machine(kernel_architecture(), multiprocessors());
  GemmShape const shape = {args.m, args.n, args.k, sizeof(T)};
  GemmChoice best = {GemmPath::plain};
  for (GemmChoice const& choice : gemm_choices())
    if (takes(choice, args) && estimate_cycles(choice, shape, machine) < estimate_cycles(best, shape, machine))
      best = choice;
  return best;
}

template <class T>
void launch_one(GemmArgs<T> args, Stream stream) {
  if (args.choice.path == GemmPath::automatic) args.choice = choose(args);
  if (!takes(args.choice, args))
    throw GemmRefusal(std::string("[gemm] the kernel asked for does not take this product here: path=") +
                      name_of(args.choice.path) + ", config=" + std::to_string(args.choice.config) +
                      "; leave the choice to gemm");
  if (args.choice.path == GemmPath::skinny) return gemm_skinny(args, stream);
  if constexpr (sizeof(T) == 2) {
    if (args.choice.path == GemmPath::sm90) return gemm_sm90(args, stream);
    if (args.choice.path == GemmPath::sm80) return gemm_sm80(args, stream);
  }
  launch_plain(args, stream);
}

}  // namespace

template <class T, class D>
void gemm(GemmArgs<T, D> const& args, Stream stream) {
  check_arguments(args);
  if (args.m == 0 || args.n == 0 || args.batch == 0) return;
  if constexpr (std::same_as<T, D> && (sizeof(T) == 2 || std::same_as<T, f32>))
    if (args.batch == 1 && args.epilogue.empty() && args.scales.a == nullptr && args.scales.b == nullptr)
      return launch_one(args, stream);
  fail(
      "[gemm] this device multiplies f32, f16 or bf16 into the same type, one product without an epilogue: use the "
      "CPU");
}

HEDDLE_INSTANTIATE_GEMM(gemm);

}  // namespace heddle::HEDDLE_BACKEND
