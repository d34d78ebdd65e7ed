// What a processor can do at most, measured on the one at hand.
#pragma once

#include "bench/harness/processor.h"
#include "kernels/core/cost.h"

namespace heddle::bench {

struct Ceilings {
  double bytes_per_s = 0;  // of the fastest copy, or change in place: bytes read and written
  double flops_per_s = 0;  // of a large matrix product; 0: not measured, and not held against a row

  /// The roofline (Williams, Waterman, Patterson 2009, "Roofline: an insightful visual performance model"):
  /// no launch of this cost takes less.
  double least_s(Cost const& cost) const;
};

/// Copies and changes are timed as rows are, at sizes below, at and above that of the cache.
Ceilings measure_ceilings(Processor& processor);

}  // namespace heddle::bench
