// The steps of examples/matrix_product.
#include "examples/matrix_product/matrix_product.h"

#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "bench/inspect/kernels.h"

namespace heddle::inspect {
namespace {

template <class T, ProductFn<T>& product>
Cost run(std::vector<i64> const& shape, std::string const&) {
  i64 const m = shape[0], n = shape[1], k = shape[2];
  Memory const& memory = emulated::memory;
  bench::Buffer<T> const a(memory, bench::uniform<T>(m * k, 1)), b(memory, bench::uniform<T>(k * n, 2));
  bench::Buffer<f32> const c(memory, m * n);
  product({static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), a.data(), b.data(), c.data()}, {});
  return {.flops = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k),
          .read_bytes = static_cast<double>((m * k + k * n) * static_cast<i64>(sizeof(T))),
          .write_bytes = static_cast<double>(m * n) * sizeof(f32)};
}

template <class T, ProductFn<T>& product>
InspectedKernel step(char const* name, char const* type) {
  return {.name = name,
          .shape = "MxNxK",
          .example = {128, 128, 128},
          .types = {type},
          .source = "examples/matrix_product/matrix_product.cu",
          .run = run<T, product>};
}

}  // namespace

std::vector<InspectedKernel> matrix_product_kernels() {
  return {step<f32, emulated::naive_product>("matrix_product_naive", "f32"),
          step<f32, emulated::coalesced_product>("matrix_product_coalesced", "f32"),
          step<f32, emulated::shared_tile_product>("matrix_product_shared_tile", "f32"),
          step<f32, emulated::register_tile_product>("matrix_product_register_tile", "f32"),
          step<f32, emulated::pipelined_product>("matrix_product_pipelined", "f32"),
          step<bf16, emulated::tensor_core_product>("matrix_product_tensor_core", "bf16"),
          step<bf16, emulated::warpgroup_product>("matrix_product_warpgroup", "bf16")};
}

}  // namespace heddle::inspect
