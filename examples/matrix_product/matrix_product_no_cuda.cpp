// In place of matrix_product.cu where there is no CUDA compiler.
#include "examples/matrix_product/matrix_product.h"
#include "kernels/core/error.h"

namespace heddle::cuda {
namespace {

[[noreturn]] void refuse() {
  fail("[matrix_product] no CUDA in this build: configure with -DHEDDLE_CUDA=ON where nvcc is installed");
}

}  // namespace

void naive_product(Product<f32> const&, Stream) { refuse(); }
void coalesced_product(Product<f32> const&, Stream) { refuse(); }
void shared_tile_product(Product<f32> const&, Stream) { refuse(); }
void register_tile_product(Product<f32> const&, Stream) { refuse(); }
void pipelined_product(Product<f32> const&, Stream) { refuse(); }
void tensor_core_product(Product<bf16> const&, Stream) { refuse(); }
void warpgroup_product(Product<bf16> const&, Stream) { refuse(); }

}  // namespace heddle::cuda
