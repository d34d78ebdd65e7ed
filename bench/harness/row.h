// A row of a report: what is launched, and what it costs at least.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "bench/harness/ceilings.h"

namespace heddle::bench {

/// One set of buffers, and the launch over them.
class Pass {
 public:
  virtual ~Pass() = default;
  virtual void launch() = 0;
  /// Makes every output NaN.
  virtual void spoil() = 0;
  /// Throws an Error unless the outputs are those that the inputs call for.
  virtual void check() const = 0;
};

/// The same work by another library, in the same run.
struct Baseline {
  std::string name;  // "cublaslt"
  /// Median of its launches, with cold caches; nothing where it does not do this work. Throws an Error where it is
  /// wrong.
  std::function<std::optional<double>()> seconds;
};

struct Row {
  std::string name;  // "layer_norm_forward/cpu/f32/16384x256": reports are compared by it, so it must not change
  Cost cost;         // of one launch; its bytes are about those of a Pass
  /// A Pass with random inputs of this seed.
  std::function<std::unique_ptr<Pass>(u64 seed)> make;
  std::optional<Baseline> baseline = {};
};

/// Registers a row with Google Benchmark. `processor` and `ceilings` must outlive the run.
void add_row(Processor& processor, Ceilings const& ceilings, Row row);

/// The rows that ended with an error so far: wrong outputs, a launch that failed, a time below the roofline.
int failed_rows();

/// Defined by each program: the rows of one processor, for `add_row`.
std::vector<Row> rows(Processor& processor);

}  // namespace heddle::bench
