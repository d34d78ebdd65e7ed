// The six steps of examples/matrix_product. Compiled with instrumentation.
#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "bench/inspect/kernels.h"
#include "examples/matrix_product/coalesced.cuh"
#include "examples/matrix_product/naive.cuh"
#include "examples/matrix_product/pipelined.cuh"
#include "examples/matrix_product/register_tile.cuh"
#include "examples/matrix_product/shared_tile.cuh"
#include "examples/matrix_product/tensor_core.cuh"

namespace heddle::inspect {
namespace {

using bench::Buffer;
using bench::uniform;

template <class Kernel, class T>
Cost run(std::vector<i64> const& shape, std::string const&) {
  i64 const m = shape[0], n = shape[1], k = shape[2];
  check(m % 64 == 0 && n % 64 == 0 && k % 64 == 0,
        "[matrix_product] sizes must be multiples of 64: ", shape_text(shape));
  Memory const& memory = emulated::memory;
  Buffer<T> const a(memory, uniform<T>(m * k, 1)), b(memory, uniform<T>(k * n, 2));
  Buffer<f32> const c(memory, m * n);
  emulated::launch<Kernel>(
      dim3(static_cast<unsigned>(n / Kernel::tile), static_cast<unsigned>(m / Kernel::tile)),
      {static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), a.data(), b.data(), c.data()}, {},
      "matrix_product");
  return {.flops = 2.0 * static_cast<double>(m * n * k),
          .read_bytes = static_cast<double>((m * k + k * n) * static_cast<i64>(sizeof(T))),
          .write_bytes = static_cast<double>(m * n) * sizeof(f32)};
}

template <class Kernel, class T>
InspectedKernel step(char const* name, char const* type) {
  return {
      .name = name, .shape = "MxNxK", .example = {128, 128, 128}, .types = {type}, .source = "", .run = run<Kernel, T>};
}

}  // namespace

std::vector<InspectedKernel> matrix_product_kernels() {
  return {step<emulated::Naive, f32>("matrix_product_naive", "f32"),
          step<emulated::Coalesced, f32>("matrix_product_coalesced", "f32"),
          step<emulated::SharedTile, f32>("matrix_product_shared_tile", "f32"),
          step<emulated::RegisterTile, f32>("matrix_product_register_tile", "f32"),
          step<emulated::Pipelined, f32>("matrix_product_pipelined", "f32"),
          step<emulated::TensorCore, bf16>("matrix_product_tensor_core", "bf16")};
}

}  // namespace heddle::inspect
