// What the harness asks of a processor: its memory, its clock, its caches and its limits.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/machine/memory.h"

namespace heddle::bench {

/// A name and a value for the context of a report.
using Fact = std::pair<std::string, std::string>;

/// All work goes to the default stream.
class Processor {
 public:
  virtual ~Processor() = default;

  /// "cpu" or "cuda": a part of the names of rows.
  virtual std::string_view name() const = 0;
  virtual Memory const& memory() const = 0;
  /// Size of the last-level cache.
  virtual std::size_t cache_bytes() const = 0;
  /// Queues what leaves nothing of earlier data in the caches, and nothing there that has yet to be written back.
  virtual void flush_caches() = 0;
  /// Seconds that the processor takes for what `work` queues; returns when that has ended.
  virtual double time_s(std::function<void()> const& work) = 0;

  /// Queues the fastest copy there is.
  virtual void copy(void* destination, void const* source, std::size_t bytes) = 0;
  /// Queues the fastest change of memory in its place. A CPU reads a line before it writes it: here it needs it anyway.
  virtual void update(void* data, std::size_t bytes) = 0;
  /// Floating-point operations per second of a large matrix product; 0 where there is none to measure.
  virtual double matrix_rate() = 0;
  /// Model, clocks, driver.
  virtual std::vector<Fact> facts() const = 0;
};

std::unique_ptr<Processor> make_cpu();
/// The current GPU. Null where there is none, with the reason in `absence`.
std::unique_ptr<Processor> make_cuda(std::string& absence);

}  // namespace heddle::bench
