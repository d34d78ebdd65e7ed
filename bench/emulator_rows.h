// Kernels as rows of a benchmark of the emulator, on one core.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "examples/matrix_product/matrix_product.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/norm/layer_norm.h"

namespace heddle::bench {

/// A product of size x size x size.
template <class T, ProductFn<T>& product>
void multiply(benchmark::State& state, emulated::Observer* observer) {
  i64 const size = state.range(0);
  Memory const& memory = emulated::memory;
  Buffer<T> const a(memory, uniform<T>(size * size, 1)), b(memory, uniform<T>(size * size, 2));
  Buffer<f32> const c(memory, size * size);
  auto const n = static_cast<int>(size);
  emulated::ScopedExecution const one_core({.host_threads = 1, .observer = observer});
  for (auto _ : state) product({n, n, n, a.data(), b.data(), c.data()}, {});
  state.counters["MAC/s"] =
      benchmark::Counter(static_cast<double>(size * size * size), benchmark::Counter::kIsIterationInvariantRate);
}

/// Layer norm of 64 rows.
inline void normalise(benchmark::State& state, emulated::Observer* observer) {
  RowNormShape const shape = {64, state.range(0)};
  Memory const& memory = emulated::memory;
  Buffer<f32> const x(memory, uniform<f32>(shape.rows * shape.columns, 1)), y(memory, shape.rows * shape.columns);
  Buffer<f32> const gamma(memory, uniform<f32>(shape.columns, 2)), beta(memory, uniform<f32>(shape.columns, 3));
  Buffer<f32> const mean(memory, shape.rows), rstd(memory, shape.rows);
  LayerNormForwardArgs<f32> const args = {.shape = shape,
                                          .x = x.data(),
                                          .gamma = gamma.data(),
                                          .beta = beta.data(),
                                          .y = y.data(),
                                          .mean = mean.data(),
                                          .rstd = rstd.data()};
  emulated::ScopedExecution const one_core({.host_threads = 1, .observer = observer});
  for (auto _ : state) emulated::layer_norm_forward(args, {});
}

/// All rows, with their names after the prefix, watched by the observer if there is one.
inline void add_rows(std::string const& prefix, emulated::Observer* observer) {
  auto const add = [&](std::string const& name, auto run) {
    return benchmark::RegisterBenchmark((prefix + name).c_str(), run, observer);
  };
  add("naive_product", multiply<f32, emulated::naive_product>)->Arg(64)->Arg(256);
  add("coalesced_product", multiply<f32, emulated::coalesced_product>)->Arg(64)->Arg(256);
  add("shared_tile_product", multiply<f32, emulated::shared_tile_product>)->Arg(64)->Arg(256);
  add("register_tile_product", multiply<f32, emulated::register_tile_product>)->Arg(64)->Arg(256);
  add("pipelined_product", multiply<f32, emulated::pipelined_product>)->Arg(64)->Arg(256);
  add("tensor_core_product", multiply<bf16, emulated::tensor_core_product>)->Arg(64)->Arg(256);
  add("warpgroup_product", multiply<bf16, emulated::warpgroup_product>)->Arg(64)->Arg(256);
  add("layer_norm_forward", normalise)->Arg(4096);
}

}  // namespace heddle::bench
