// What every device asks of the arguments of a batch's figures.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/optimizer/step_figures.h"

namespace heddle {

template <class T>
void check_arguments(StepFiguresArgs<T> const& a) {
  check_sizes("step_figures", {{"rows", a.rows}});
  check_tensors("step_figures", a);
}

}  // namespace heddle
