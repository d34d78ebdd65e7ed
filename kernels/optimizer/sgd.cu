// Launcher of stochastic gradient descent: for CUDA, and for the emulator.
#include "kernels/optimizer/sgd.cuh"

#include "kernels/optimizer/optimizer_check.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void sgd(SgdArgs<T> const& a, Stream stream) {
  check_sgd(a);
  launch_update<SgdUpdate<T>>("sgd", a.list, {a.momentum, a.nesterov}, a.state, stream);
}

HEDDLE_INSTANTIATE(sgd, SgdArgs);

}  // namespace heddle::HEDDLE_BACKEND
