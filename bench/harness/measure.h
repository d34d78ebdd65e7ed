// How long a launch takes when nothing that it reads is in a cache.
#pragma once

#include "bench/harness/processor.h"

namespace heddle::bench {

struct Measurement {
  double median_s = 0, fastest_s = 0;
  int samples = 0;
};

/// Times launch(0), launch(1), …, each after a flush that is not timed, until `budget_s` seconds have passed in all
/// and there are at least `least_samples`.
Measurement measure_cold(Processor& processor, std::function<void(std::size_t sample)> const& launch,
                         double budget_s = 0.3, int least_samples = 7);

}  // namespace heddle::bench
