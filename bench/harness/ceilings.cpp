#include "bench/harness/ceilings.h"

#include <algorithm>

#include "bench/harness/buffer.h"
#include "bench/harness/measure.h"

namespace heddle::bench {
namespace {

constexpr std::size_t largest_copy_bytes = std::size_t{1} << 30;

double copy_bytes_per_s(Processor& processor, std::size_t bytes) {
  Buffer<u8> const source(processor.memory(), static_cast<i64>(bytes));
  Buffer<u8> const destination(processor.memory(), static_cast<i64>(bytes));
  auto const copy = [&](std::size_t) { processor.copy(destination.data(), source.data(), bytes); };
  auto const update = [&](std::size_t) { processor.update(destination.data(), bytes); };
  double const fastest_s =
      std::min(measure_cold(processor, copy, 0.15).fastest_s, measure_cold(processor, update, 0.15).fastest_s);
  return 2 * static_cast<double>(bytes) / fastest_s;
}

}  // namespace

double Ceilings::least_s(Cost const& cost) const {
  double const memory_s = cost.bytes() / bytes_per_s;
  return flops_per_s > 0 ? std::max(memory_s, cost.flops / flops_per_s) : memory_s;
}

Ceilings measure_ceilings(Processor& processor) {
  Ceilings ceilings;
  std::size_t const cache = processor.cache_bytes();
  for (std::size_t const bytes : {cache / 8, cache, 4 * cache})
    ceilings.bytes_per_s =
        std::max(ceilings.bytes_per_s, copy_bytes_per_s(processor, std::min(bytes, largest_copy_bytes)));
  ceilings.flops_per_s = processor.matrix_rate();
  return ceilings;
}

}  // namespace heddle::bench
