// How fast the emulator runs kernels, on one core.
#include <benchmark/benchmark.h>

#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "examples/matrix_product/matrix_product.h"
#include "kernels/machine/host/execution.h"

namespace heddle::bench {
namespace {

/// A product of size x size x size.
template <class T, ProductFn<T>& product>
void multiply(benchmark::State& state) {
  i64 const size = state.range(0);
  Memory const& memory = emulated::memory;
  Buffer<T> const a(memory, uniform<T>(size * size, 1)), b(memory, uniform<T>(size * size, 2));
  Buffer<f32> const c(memory, size * size);
  auto const n = static_cast<int>(size);
  emulated::ScopedExecution const one_core({.host_threads = 1});
  for (auto _ : state) product({n, n, n, a.data(), b.data(), c.data()}, {});
  state.counters["MAC/s"] =
      benchmark::Counter(static_cast<double>(size * size * size), benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK_TEMPLATE(multiply, f32, emulated::naive_product)->Name("naive_product")->Arg(64)->Arg(256);
BENCHMARK_TEMPLATE(multiply, f32, emulated::pipelined_product)->Name("pipelined_product")->Arg(64)->Arg(256);
BENCHMARK_TEMPLATE(multiply, bf16, emulated::tensor_core_product)->Name("tensor_core_product")->Arg(64)->Arg(256);
BENCHMARK_TEMPLATE(multiply, bf16, emulated::warpgroup_product)->Name("warpgroup_product")->Arg(64)->Arg(256);

}  // namespace
}  // namespace heddle::bench

BENCHMARK_MAIN();
