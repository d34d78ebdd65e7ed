// Launcher of AdamW: for CUDA, and for the emulator.
#include "kernels/optimizer/adamw.cuh"

#include "kernels/optimizer/optimizer_check.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void adamw(AdamWArgs<T> const& a, Stream stream) {
  check_list("adamw", a);
  auto const log = [](f32 x) { return static_cast<f32>(std::log(static_cast<double>(x))); };
  launch_update<AdamWUpdate<T>>("adamw", a.list, {a.beta1, a.beta2, log(a.beta1), log(a.beta2), a.epsilon}, a.state,
                                stream);
}

HEDDLE_INSTANTIATE(adamw, AdamWArgs);

}  // namespace heddle::HEDDLE_BACKEND
