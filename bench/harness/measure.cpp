#include "bench/harness/measure.h"

#include <algorithm>
#include <chrono>

namespace heddle::bench {

Measurement measure_cold(Processor& processor, std::function<void(std::size_t sample)> const& launch, double budget_s,
                         int least_samples) {
  using Clock = std::chrono::steady_clock;
  auto const end = Clock::now() + std::chrono::duration<double>(budget_s);
  std::vector<double> seconds;
  while (std::ssize(seconds) < least_samples || Clock::now() < end) {
    processor.flush_caches();
    seconds.push_back(processor.time_s([&] { launch(seconds.size()); }));
  }
  std::ranges::sort(seconds);
  return {.median_s = seconds[seconds.size() / 2],
          .fastest_s = seconds.front(),
          .samples = static_cast<int>(seconds.size())};
}

}  // namespace heddle::bench
