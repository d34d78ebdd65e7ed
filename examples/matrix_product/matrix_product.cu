// Launchers of the steps: for CUDA, and for the emulator.
#include "examples/matrix_product/coalesced.cuh"
#include "examples/matrix_product/naive.cuh"
#include "examples/matrix_product/pipelined.cuh"
#include "examples/matrix_product/register_tile.cuh"
#include "examples/matrix_product/shared_tile.cuh"
#include "examples/matrix_product/tensor_core.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class Kernel>
void run(typename Kernel::Params const& p, Stream stream, char const* name) {
  check(p.m >= 0 && p.n >= 0 && p.k >= 0 && p.m % 64 == 0 && p.n % 64 == 0 && p.k % 32 == 0, "[", name,
        "] m and n must be multiples of 64, k of 32: m=", p.m, ", n=", p.n, ", k=", p.k);
  if (p.m == 0 || p.n == 0) return;
  launch<Kernel>(dim3(static_cast<unsigned>(p.n / Kernel::tile), static_cast<unsigned>(p.m / Kernel::tile)), p, stream,
                 name);
}

}  // namespace

void naive_product(Product<f32> const& p, Stream stream) { run<Naive>(p, stream, "naive_product"); }
void coalesced_product(Product<f32> const& p, Stream stream) { run<Coalesced>(p, stream, "coalesced_product"); }
void shared_tile_product(Product<f32> const& p, Stream stream) { run<SharedTile>(p, stream, "shared_tile_product"); }
void register_tile_product(Product<f32> const& p, Stream stream) {
  run<RegisterTile>(p, stream, "register_tile_product");
}
void pipelined_product(Product<f32> const& p, Stream stream) { run<Pipelined>(p, stream, "pipelined_product"); }
void tensor_core_product(Product<bf16> const& p, Stream stream) { run<TensorCore>(p, stream, "tensor_core_product"); }

}  // namespace heddle::HEDDLE_BACKEND
