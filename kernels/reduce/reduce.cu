// Launchers of reductions: for CUDA, and for the emulator.
#include "kernels/reduce/reduce.h"

#include "kernels/core/choice.h"
#include "kernels/reduce/reduce_check.h"
#include "kernels/reduce/row_reduction.cuh"
#include "kernels/tile/launch_column_reduction.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// x, or its square; nothing is written.
template <class T>
struct Term {
  using In = T;
  using Out = T;
  static constexpr int inputs = 1;

  bool square;

  template <int n>
  HEDDLE_DEVICE void operator()(i64, f32 (&values)[inputs][n]) const {
    if (!square) return;
    HEDDLE_UNROLL
    for (int i = 0; i < n; ++i) values[0][i] *= values[0][i];
  }
};

/// The product of two.
template <class T>
struct Product {
  using In = T;
  using Out = T;
  static constexpr int inputs = 2;

  template <int n>
  HEDDLE_DEVICE void operator()(i64, f32 (&values)[inputs][n]) const {
    HEDDLE_UNROLL
    for (int i = 0; i < n; ++i) values[0][i] *= values[1][i];
  }
};

template <class Reducer, int team, class F, class Finish>
void launch_rows(i64 rows, i64 columns, bool vectorised, RowReductionPlan const& plan,
                 ElementOperands<F> const& operands, void* workspace, Finish const& finish, Stream stream,
                 char const* name) {
  using Reduction = RowReduction<F, Reducer, Finish, team>;
  auto* const states = static_cast<typename Reducer::State*>(workspace);
  i64 const blocks = ceil_div<i64>(rows, Reduction::rows_per_block) * plan.chunks;
  launch<Reduction>(dim3(static_cast<unsigned>(blocks)), {rows, columns, vectorised, plan, operands, states, finish},
                    stream, name);
  if (plan.chunks > 1) launch_column_reduction_finish<Reducer>(rows, 1, plan.chunks, states, finish, stream, name);
}

template <class Reducer, class F, class Finish>
void launch_reduction(ReduceShape const& shape, ElementOperands<F> const& operands, void* workspace,
                      Finish const& finish, Stream stream, char const* name) {
  constexpr int widest = elements_of_access<F>;
  auto const [outer, axis, inner] = shape;
  if (shape.results() == 0) return;
  bool const all_aligned = aligned(operands.in[0], operands.in[F::inputs - 1]);
  if (inner == 1) {
    bool const vectorised = all_aligned && axis % widest == 0;
    RowReductionPlan const plan = plan_row_reduction(outer, axis, vectorised ? widest : 1);
    auto* const launch_planned =
        plan.warp_a_row ? launch_rows<Reducer, 32, F, Finish> : launch_rows<Reducer, 256, F, Finish>;
    return launch_planned(outer, axis, vectorised, plan, operands, workspace, finish, stream, name);
  }
  using Reduction = ColumnReduction<F, Reducer, Finish>;
  bool const vectorised = all_aligned && inner % widest == 0;
  ColumnReductionPlan const plan = plan_column_reduction(outer, axis, inner, vectorised ? widest : 1);
  launch_column_reduction<Reduction>(
      {outer, axis, inner, vectorised, plan, operands, static_cast<typename Reducer::State*>(workspace), finish},
      stream, name);
}

}  // namespace

template <class T>
void reduce_sum(ReduceSumArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("reduce_sum", a);
  f32 const factor = a.summary == Summary::mean ? 1.0f / static_cast<f32>(a.shape.axis) : 1.0f;
  bool const root = a.summary == Summary::l2_norm;
  ElementOperands<Term<T>> const operands = {{a.x}, nullptr, {root}};
  launch_reduction<SumReducer>(a.shape, operands, a.workspace.data, StoreSum<T>{a.y, factor, root}, stream,
                               "reduce_sum");
}

template <class T>
void reduce_dot(ReduceDotArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("reduce_dot", a);
  ElementOperands<Product<T>> const operands = {{a.x, a.z}, nullptr, {}};
  launch_reduction<SumReducer>(a.shape, operands, a.workspace.data, StoreSum<T>{a.y, 1, false}, stream, "reduce_dot");
}

template <class T>
void reduce_max(ReduceMaxArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("reduce_max", a);
  ElementOperands<Term<T>> const operands = {{a.x}, nullptr, {false}};
  launch_reduction<MaxReducer>(a.shape, operands, a.workspace.data, StoreMax<T>{a.y, a.index}, stream, "reduce_max");
}

HEDDLE_INSTANTIATE(reduce_sum, ReduceSumArgs);
HEDDLE_INSTANTIATE(reduce_dot, ReduceDotArgs);
HEDDLE_INSTANTIATE(reduce_max, ReduceMaxArgs);

}  // namespace heddle::HEDDLE_BACKEND
