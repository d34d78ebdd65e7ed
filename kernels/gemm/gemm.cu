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
#include "kernels/tile/launch_epilogue.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
int launch_plain(GemmProblem<T> const& g, Stream stream) {
  GemmPlainConfig const config = gemm_plain_configs[g.choice.config];
  with_config<gemm_plain_configs>(config, [&]<GemmPlainConfig chosen>() {
    launch<GemmPlain<T, chosen>>(
        dim3(count_tiles(g, chosen.tile, chosen.tile)),
        {g.k,
         {g.a, g.m, g.transpose_a ? 1 : g.lda, g.transpose_a ? g.lda : 1, g.stride_a, g.factors_a},
         {g.b, g.n, g.transpose_b ? g.ldb : 1, g.transpose_b ? 1 : g.ldb, g.stride_b, g.factors_b},
         g.output},
        stream, "gemm");
  });
  return config.tile;
}

/// The same product of operands that lie along k. Calls lay(operand, to) for each that does not.
template <class T, class Lay>
GemmProblem<T> along_k(GemmProblem<T> const& g, Lay const& lay) {
  GemmProblem<T> result = g;
  auto const replace = [&](T const*& data, i64& leading, i64& stride, i64 lines, T* to) {
    lay(GemmAcross<T>{data, stride == 0 ? 1 : g.batch, stride, lines, g.k, leading}, to);
    data = to;
    leading = leading_along_k<T>(g.k);
    stride = stride == 0 ? 0 : lines * leading;
  };
  if (g.transpose_a) replace(result.a, result.lda, result.stride_a, g.m, g.a_along_k);
  if (!g.transpose_b) replace(result.b, result.ldb, result.stride_b, g.n, g.b_along_k);
  result.transpose_a = false;
  result.transpose_b = true;
  return result;
}

/// By the matrix unit, which takes elements that are not of 16 bits along k alone; 0 where it does not.
template <class T>
int launch_along_k(GemmProblem<T> const& g, Stream stream) {
  bool const sm90 = kernel_architecture() == 90;
  if ((std::same_as<T, f32> && !g.tf32) || (is_f8<T> && !sm90)) return 0;
  if (!tensor_cores_take(along_k(g, [](auto const&, T*) {}))) return 0;
  auto const lines = along_k(g, [&](auto const& operand, T* to) { lay_along_k(operand, to, stream); });
  if constexpr (!is_f8<T>)
    if (!sm90) return gemm_sm80(lines, stream);
  return gemm_narrow_sm90(lines, stream);
}

/// Whether the kernel, of which there is such a configuration, takes the product.
template <class T>
bool takes(GemmChoice const& choice, GemmProblem<T> const& g) {
  auto const is_one_of = [&](auto const& configs) { return choice.config >= 0 && choice.config < std::ssize(configs); };
  switch (choice.path) {
    case GemmPath::plain:
      return is_one_of(gemm_plain_configs);
    case GemmPath::skinny: {
      SkinnyShape const shape = SkinnyShape::of(g);
      return is_one_of(gemm_skinny_configs) && skinny_takes(g) &&
             gemm_skinny_configs[choice.config].takes(shape.small, shape.along_k);
    }
    case GemmPath::sm80:
      return choice.config == 0 && sizeof(T) == 2 && tensor_cores_take(g);
    case GemmPath::sm90:
      return is_one_of(gemm_sm90_configs) && sizeof(T) == 2 && kernel_architecture() == 90 && tensor_cores_take(g);
    default:
      return false;
  }
}

/// The measured choice, or the one that should be fastest.
template <class T>
GemmChoice choose(GemmProblem<T> const& g) {
  auto const measured = GemmTable::of_environment().find(g);
  if (measured && takes(*measured, g)) return *measured;
  GemmMachine const machine = gemm_machine(kernel_architecture(), multiprocessors());
  GemmShape const shape = {g.m, g.n, g.k, sizeof(T), g.batch};
  GemmChoice best = {GemmPath::plain};
  for (GemmChoice const& choice : gemm_choices())
    if (takes(choice, g) && estimate_cycles(choice, shape, machine) < estimate_cycles(best, shape, machine))
      best = choice;
  return best;
}

/// By the kernel asked for, or the fastest that takes the product; returns the rows of d whose sums of columns come
/// together.
template <class T>
int launch_products(GemmProblem<T> g, Stream stream) {
  if constexpr (sizeof(T) != 2)
    if (g.choice.path == GemmPath::automatic)
      if (int const rows_of_block = launch_along_k(g, stream)) return rows_of_block;
  if (g.choice.path == GemmPath::automatic) g.choice = choose(g);
  if (!takes(g.choice, g))
    throw GemmRefusal(std::string("[gemm] the kernel asked for does not take this product here: path=") +
                      name_of(g.choice.path) + ", config=" + std::to_string(g.choice.config) +
                      "; leave the choice to gemm");
  if constexpr (sizeof(T) > 1)
    if (g.choice.path == GemmPath::skinny) return gemm_skinny(g, stream);
  if constexpr (sizeof(T) == 2) {
    if (g.choice.path == GemmPath::sm90)
      return gemm_sm90(g, gemm_sm90_configs[g.choice.config], multiprocessors(), stream);
    if (g.choice.path == GemmPath::sm80) return gemm_sm80(g, stream);
  }
  return launch_plain(g, stream);
}

}  // namespace

template <class T, class D>
void gemm(GemmArgs<T, D> const& args, Stream stream) {
  check_arguments(args);
  check_workspace("gemm", args);
  if (args.batch == 0) return;
  GemmProblem<T> const problem = problem_of(args);
  begin_reductions(args.epilogue, stream);
  int rows_of_block = 1;
  if (args.m > 0 && args.n > 0) rows_of_block = launch_products(problem, stream);
  finish_reductions(args.epilogue, problem.output, ceil_div<i64>(args.m, rows_of_block), stream, "gemm");
}

HEDDLE_INSTANTIATE_GEMM(gemm);

}  // namespace heddle::HEDDLE_BACKEND
