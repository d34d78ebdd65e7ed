// Launchers of the chain of elementwise steps: for CUDA, and for the emulator.
#include "kernels/elementwise/chain.h"

#include "kernels/elementwise/elementwise_check.h"
#include "kernels/elementwise/functions.cuh"
#include "kernels/elementwise/launch_map.cuh"
#include "kernels/tile/launch_column_reduction.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
Bias<T> bias_of(T const* bias, i64 columns) {
  return {bias, Divisor(columns), aligned(bias) && columns % widest_vector<T> == 0};
}

template <class T>
void launch_with_dbias(ChainBackwardArgs<T> const& a, ElementOperands<ChainBackward<T>> const& operands,
                       Stream stream) {
  using Reduction = ColumnReduction<ChainBackward<T>, SumReducer, StoreSum<T>>;
  bool const vectorised = aligned_operands(operands) && a.columns % Reduction::widest == 0;
  ColumnReductionPlan const plan = plan_column_reduction(1, a.rows, a.columns, vectorised ? Reduction::widest : 1);
  launch_column_reduction<Reduction>(
      {1, a.rows, a.columns, vectorised, plan, operands, static_cast<f32*>(a.workspace.data), {a.dbias}}, stream,
      "chain_backward");
}

}  // namespace

template <class T>
void chain_forward(ChainForwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  i64 const count = a.rows * a.columns;
  if (count == 0) return;
  launch_map<ChainForward<T>>(
      count, {{a.x, a.residual}, a.y, {bias_of(a.bias, a.columns), a.activation, DropoutMask(a.dropout)}}, stream,
      "chain_forward");
}

template <class T>
void chain_backward(ChainBackwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("chain_backward", a);
  if (a.columns == 0) return;
  T const* const x = a.activation == Activation::none ? nullptr : a.x;
  ElementOperands<ChainBackward<T>> const operands = {
      {a.dy, x}, a.dx, {bias_of(a.bias, a.columns), a.activation, DropoutMask(a.dropout)}};
  if (a.dbias != nullptr) return launch_with_dbias(a, operands, stream);
  if (a.dx != nullptr) launch_map(a.rows * a.columns, operands, stream, "chain_backward");
}

HEDDLE_INSTANTIATE(chain_forward, ChainForwardArgs);
HEDDLE_INSTANTIATE(chain_backward, ChainBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
