// Launchers of the steps: for CUDA, and for the emulator.
#include "examples/matrix_product/coalesced.cuh"
#include "examples/matrix_product/naive.cuh"
#include "examples/matrix_product/pipelined.cuh"
#include "examples/matrix_product/register_tile.cuh"
#include "examples/matrix_product/shared_tile.cuh"
#include "examples/matrix_product/tensor_core.cuh"
#include "examples/matrix_product/warpgroup.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
void check_sizes(Product<T> const& p, char const* name) {
  check(p.m >= 0 && p.n >= 0 && p.k >= 0 && p.m % 64 == 0 && p.n % 64 == 0 && p.k % 32 == 0, "[", name,
        "] m and n must be multiples of 64, k of 32: m=", p.m, ", n=", p.n, ", k=", p.k);
}

template <class Kernel, class T>
void launch_tiles(Product<T> const& p, typename Kernel::Params const& params, Stream stream, char const* name) {
  if (p.m == 0 || p.n == 0) return;
  launch<Kernel>(dim3(static_cast<unsigned>(p.n / Kernel::tile), static_cast<unsigned>(p.m / Kernel::tile)), params,
                 stream, name);
}

template <class Kernel>
void run(typename Kernel::Params const& p, Stream stream, char const* name) {
  check_sizes(p, name);
  launch_tiles<Kernel>(p, p, stream, name);
}

/// A row-major matrix in swizzled boxes, one of which is a line of the swizzle wide.
TensorMap map_matrix(bf16 const* matrix, int rows, int columns, u32 box_rows) {
  if (rows == 0 || columns == 0) return {};
  return make_tensor_map(matrix, TiledTensor{.type = TensorType::bf16,
                                             .rank = 2,
                                             .sizes = {static_cast<u64>(columns), static_cast<u64>(rows)},
                                             .strides_bytes = {static_cast<u64>(columns) * sizeof(bf16)},
                                             .box = {64, box_rows},
                                             .swizzle = Swizzle::bytes_128});
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

void warpgroup_product(Product<bf16> const& p, Stream stream) {
  check_sizes(p, "warpgroup_product");
  launch_tiles<WarpgroupProduct>(p,
                                 {p.n, p.k, map_matrix(p.a, p.m, p.k, WarpgroupProduct::tile),
                                  map_matrix(p.b, p.k, p.n, WarpgroupProduct::depth), p.c},
                                 stream, "warpgroup_product");
}

}  // namespace heddle::HEDDLE_BACKEND
