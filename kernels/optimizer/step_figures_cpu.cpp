#include "kernels/optimizer/step_figures_check.h"

namespace heddle::cpu {

template <class T>
void step_figures(StepFiguresArgs<T> const& a, Stream) {
  check_arguments(a);
  i64 correct = 0;
  for (i64 row = 0; row < a.rows; ++row) correct += a.is_correct(row);
  a.finish(correct);
}

template void step_figures(StepFiguresArgs<i32> const&, Stream);
template void step_figures(StepFiguresArgs<i64> const&, Stream);

}  // namespace heddle::cpu
