// Launchers of global average pooling: for CUDA, and for the emulator.
#include "kernels/pool/global_average.cuh"

#include "kernels/core/arguments.h"
#include "kernels/core/choice.h"
#include "kernels/pool/global_average.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

dim3 grid_of(GlobalAverageSplit const& split, i64 n) {
  return dim3(static_cast<unsigned>(n * split.columns), static_cast<unsigned>(split.splits));
}

/// y [n, c] = scale * sum of x [n, positions, c].
template <class T, int vector>
void forward(GlobalAverageForwardArgs<T> const& a, Stream stream) {
  constexpr char const* name = "global_average_forward";
  f32 const scale = 1.0f / static_cast<f32>(a.positions);
  GlobalAverageSplit const split = global_average_split(a.n, a.positions, a.c / vector);
  if (split.splits == 1)
    return launch<GlobalAverageForward<T, T, vector>>(grid_of(split, a.n), {a.positions, a.c, split, scale, a.x, a.y},
                                                      stream, name);
  auto* const partial_sums = static_cast<f32*>(a.workspace.data);
  launch<GlobalAverageForward<T, f32, vector>>(grid_of(split, a.n), {a.positions, a.c, split, 1.0f, a.x, partial_sums},
                                               stream, name);
  GlobalAverageSplit whole = global_average_split(a.n, 1, a.c);
  whole.positions = split.splits;
  launch<GlobalAverageForward<f32, T, 1>>(grid_of(whole, a.n), {split.splits, a.c, whole, scale, partial_sums, a.y},
                                          stream, name);
}

template <class T, int vector>
void backward(GlobalAverageBackwardArgs<T> const& a, Stream stream) {
  GlobalAverageSplit const split = global_average_split(a.n, a.positions, a.c / vector);
  launch<GlobalAverageBackward<T, vector>>(grid_of(split, a.n),
                                           {a.positions, a.c, split, 1.0f / static_cast<f32>(a.positions), a.dy, a.dx},
                                           stream, "global_average_backward");
}

}  // namespace

template <class T>
void global_average_forward(GlobalAverageForwardArgs<T> const& a, Stream stream) {
  check_global_average("global_average_forward", a.n, a.positions, a.c);
  check_tensors("global_average_forward", a);
  check_workspace("global_average_forward", a);
  if (a.n * a.c == 0) return;
  if (a.c % widest_vector<T> == 0 && aligned(a.x, a.y))
    forward<T, widest_vector<T>>(a, stream);
  else
    forward<T, 1>(a, stream);
}

template <class T>
void global_average_backward(GlobalAverageBackwardArgs<T> const& a, Stream stream) {
  check_global_average("global_average_backward", a.n, a.positions, a.c);
  check_tensors("global_average_backward", a);
  if (a.n * a.positions * a.c == 0) return;
  if (a.c % widest_vector<T> == 0 && aligned(a.dy, a.dx))
    backward<T, widest_vector<T>>(a, stream);
  else
    backward<T, 1>(a, stream);
}

HEDDLE_INSTANTIATE(global_average_forward, GlobalAverageForwardArgs);
HEDDLE_INSTANTIATE(global_average_backward, GlobalAverageBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
