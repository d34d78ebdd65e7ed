// In place of layer_norm.cu where there is no CUDA compiler.
#include "kernels/core/error.h"
#include "kernels/norm/layer_norm.h"

namespace heddle::cuda {
namespace {

[[noreturn]] void refuse() {
  fail("[layer_norm] no CUDA in this build: configure with -DHEDDLE_CUDA=ON where nvcc is installed, ",
       "or use the device cpu or emulated");
}

}  // namespace

void layer_norm_forward(LayerNormForwardArgs<f32> const&, Stream) { refuse(); }
void layer_norm_forward(LayerNormForwardArgs<f16> const&, Stream) { refuse(); }
void layer_norm_forward(LayerNormForwardArgs<bf16> const&, Stream) { refuse(); }
void layer_norm_backward(LayerNormBackwardArgs<f32> const&, Stream) { refuse(); }
void layer_norm_backward(LayerNormBackwardArgs<f16> const&, Stream) { refuse(); }
void layer_norm_backward(LayerNormBackwardArgs<bf16> const&, Stream) { refuse(); }

}  // namespace heddle::cuda
