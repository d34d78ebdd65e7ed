// Launcher of the moving average of parameters: for CUDA, and for the emulator.
#include "kernels/optimizer/weight_average.cuh"

#include "kernels/optimizer/optimizer_check.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void weight_average(WeightAverageArgs<T> const& a, Stream stream) {
  check_list("weight_average", a);
  launch_update<WeightAverageUpdate<T>>("weight_average", a.list, {a.decay}, a.state, stream);
}

template void weight_average(WeightAverageArgs<f32> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
