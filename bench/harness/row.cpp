#include "bench/harness/row.h"

#include <benchmark/benchmark.h>

#include <algorithm>

#include "bench/harness/measure.h"
#include "kernels/core/error.h"

namespace heddle::bench {
namespace {

// A ceiling is itself a measurement, and a launch that mostly reads may pass that of a copy by some percent.
constexpr double ceiling_tolerance = 1.1;
constexpr std::size_t most_passes = 16;

int failures = 0;

/// Buffers rotate, so that together they exceed the cache even where one set does not.
std::vector<std::unique_ptr<Pass>> make_passes(Processor const& processor, Row const& row) {
  double const sets = 2 * static_cast<double>(processor.cache_bytes()) / std::max(row.cost.bytes(), 1.0);
  std::size_t const count = std::clamp(static_cast<std::size_t>(sets) + 1, std::size_t{2}, most_passes);
  std::vector<std::unique_ptr<Pass>> passes;
  for (std::size_t i = 0; i < count; ++i) passes.push_back(row.make(i));
  return passes;
}

/// Leaves the outputs spoilt, so that a later check shows what the timed launches wrote.
void warm_up(std::vector<std::unique_ptr<Pass>> const& passes) {
  for (auto const& pass : passes) {
    pass->launch();
    pass->check();
    pass->spoil();
  }
}

void report(benchmark::State& state, Measurement const& measurement, Ceilings const& ceilings, Cost const& cost) {
  double const least_s = ceilings.least_s(cost), seconds = measurement.median_s;
  check(seconds * ceiling_tolerance >= least_s, "faster than the roofline: ", seconds * 1e6, " us, where ",
        cost.bytes() * 1e-9, " GB and ", cost.flops * 1e-9, " GFLOP take at least ", least_s * 1e6,
        " us: the declared cost, the timing or a ceiling is wrong");
  state.counters["GB/s"] = cost.bytes() * 1e-9 / seconds;
  state.counters["GFLOP/s"] = cost.flops * 1e-9 / seconds;
  state.counters["roofline_percent"] = 100 * least_s / seconds;
  state.counters["fastest_us"] = measurement.fastest_s * 1e6;
  state.counters["samples"] = measurement.samples;
}

void run(benchmark::State& state, Processor& processor, Ceilings const& ceilings, Row const& row) try {
  auto const passes = make_passes(processor, row);
  warm_up(passes);
  Measurement measurement;
  for (auto _ : state) {
    measurement = measure_cold(processor, [&](std::size_t sample) { passes[sample % passes.size()]->launch(); });
    state.SetIterationTime(measurement.median_s);
  }
  for (std::size_t i = 0; i < std::min(passes.size(), static_cast<std::size_t>(measurement.samples)); ++i)
    passes[i]->check();
  report(state, measurement, ceilings, row.cost);
  if (!row.baseline) return;
  std::optional<double> const baseline_s = row.baseline->seconds();
  if (!baseline_s) return;
  state.counters[row.baseline->name + "_us"] = *baseline_s * 1e6;
  state.counters["speed"] = *baseline_s / measurement.median_s;
} catch (std::exception const& error) {
  ++failures;
  state.SkipWithError(error.what());
}

}  // namespace

void add_row(Processor& processor, Ceilings const& ceilings, Row row) {
  std::string const name = row.name;
  auto const body = [&processor, &ceilings, row = std::move(row)](benchmark::State& state) {
    run(state, processor, ceilings, row);
  };
  benchmark::RegisterBenchmark(name.c_str(), body)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

int failed_rows() { return failures; }

}  // namespace heddle::bench
