#include "kernels/core/error.h"
#include "kernels/machine/tensor_map.h"

namespace heddle::cuda {
namespace {

[[noreturn]] void refuse() {
  fail("[tensor_map] no CUDA in this build: configure with -DHEDDLE_CUDA=ON where nvcc is installed, or use emulated");
}

}  // namespace

TensorMap make_tensor_map(void const*, TiledTensor const&) { refuse(); }
TensorMap make_tensor_map(void const*, Im2colTensor const&) { refuse(); }

}  // namespace heddle::cuda
