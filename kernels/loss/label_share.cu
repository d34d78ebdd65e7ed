// Launcher of a label's share: for CUDA, and for the emulator.
#include "kernels/loss/label_share.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void label_share(LabelShareArgs<T> const& a, Stream stream) {
  check_arguments(a);
  launch<LabelShareKernel<T>>(dim3(1), a, stream, "label_share");
}

template void label_share(LabelShareArgs<f32> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
