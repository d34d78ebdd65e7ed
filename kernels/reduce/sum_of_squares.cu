// Launchers of the sum of squares: for CUDA, and for the emulator.
#include "kernels/reduce/sum_of_squares.cuh"

#include <algorithm>

#include "kernels/reduce/sum_of_squares_check.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void sum_of_squares(SumOfSquaresArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("sum_of_squares", a);
  typename SumOfSquares<T>::Params p = {.first_chunk = {}, .x = {}, .sums = static_cast<double*>(a.workspace.data)};
  std::copy(a.x.begin(), a.x.end(), p.x);
  for (std::size_t i = 0; i < a.x.size(); ++i)
    p.first_chunk[i + 1] = p.first_chunk[i] + ceil_div(a.x[i].count, SumOfSquares<T>::chunk);
  i64 const chunks = a.chunks();
  if (chunks > 0) launch<SumOfSquares<T>>(dim3(static_cast<unsigned>(chunks)), p, stream, "sum_of_squares");
  launch<SumOfSquaresFinish>(dim3(1), {chunks, p.sums, a.sum}, stream, "sum_of_squares_finish");
}

HEDDLE_INSTANTIATE(sum_of_squares, SumOfSquaresArgs);

}  // namespace heddle::HEDDLE_BACKEND
