// Launcher of the figures of a batch: for CUDA, and for the emulator.
#include "kernels/optimizer/step_figures.cuh"

#include "kernels/optimizer/step_figures_check.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void step_figures(StepFiguresArgs<T> const& a, Stream stream) {
  check_arguments(a);
  launch<StepFiguresKernel<T>>(dim3(1), a, stream, "step_figures");
}

template void step_figures(StepFiguresArgs<i32> const&, Stream);
template void step_figures(StepFiguresArgs<i64> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
