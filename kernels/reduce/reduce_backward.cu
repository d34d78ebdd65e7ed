// Launchers of the gradients of reductions: for CUDA, and for the emulator.
#include "kernels/reduce/reduce_backward.cuh"

#include "kernels/core/choice.h"
#include "kernels/core/math.h"
#include "kernels/reduce/reduce_backward_check.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
struct Operands {
  T const* dy;
  T const *x, *y;
  i64 const* index;
  T* dx;
};

template <class T, int vector>
void launch_gradient(ReduceShape const& shape, f32 factor, Operands<T> const& a, Stream stream, char const* name) {
  using Kernel = ReductionGradient<T, vector>;
  i64 const blocks = ceil_div<i64>(shape.elements(), Kernel::threads * vector);
  launch<Kernel>(
      dim3(static_cast<unsigned>(blocks)),
      {shape, Divisor(shape.axis * shape.inner), Divisor(shape.inner), factor, a.dy, a.x, a.y, a.index, a.dx}, stream,
      name);
}

template <class T>
void launch_any(ReduceShape const& shape, f32 factor, Operands<T> const& a, Stream stream, char const* name) {
  if (shape.elements() == 0) return;
  i64 const neighbours = shape.inner == 1 ? shape.axis : shape.inner;
  bool const vectorised = aligned(a.dy, a.x, a.y, a.dx) && neighbours % widest_vector<T> == 0;
  vectorised ? launch_gradient<T, widest_vector<T>>(shape, factor, a, stream, name)
             : launch_gradient<T, 1>(shape, factor, a, stream, name);
}

}  // namespace

template <class T>
void reduce_sum_backward(ReduceSumBackwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  bool const norm = a.summary == Summary::l2_norm;
  f32 const factor = a.summary == Summary::mean ? 1.0f / static_cast<f32>(a.shape.axis) : 1.0f;
  launch_any<T>(a.shape, factor, {a.dy, norm ? a.x : nullptr, norm ? a.y : nullptr, nullptr, a.dx}, stream,
                "reduce_sum_backward");
}

template <class T>
void reduce_max_backward(ReduceMaxBackwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  launch_any<T>(a.shape, 1, {a.dy, nullptr, nullptr, a.index, a.dx}, stream, "reduce_max_backward");
}

HEDDLE_INSTANTIATE(reduce_sum_backward, ReduceSumBackwardArgs);
HEDDLE_INSTANTIATE(reduce_max_backward, ReduceMaxBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
