// What the cases and bounds of batch and group normalisation have in common.
//
// Notation: u = 2^-24; d = the longest chain of additions of one sum over the rows. Sums, products and differences each
// round by u. First-order bounds (Higham, "Accuracy and stability of numerical algorithms", 3.1), with a tenth added
// for the second order.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/support/operation_test.h"

namespace heddle::testing {

inline constexpr double u = 0x1p-24;
/// Of y = f(x), and of f'(x), for the activations of kernels/tile/activation.cuh and of the CPU together: a few
/// roundings of terms that are at most 1 + |x|. |f'| and |f''| are at most 1.2.
inline double activation_error(double x) { return 64 * u * (1 + std::abs(x)); }
inline constexpr double steepest = 1.2;

/// The true statistics of some values, and what those of a kernel may be off.
struct TrueStatistics {
  double mean = 0, variance = 0, range = 0, largest = 0;

  explicit TrueStatistics(std::vector<double> const& values) {
    if (values.empty()) return;
    auto const count = static_cast<double>(values.size());
    for (double const value : values) {
      mean += value / count;
      largest = std::max(largest, std::abs(value));
    }
    for (double const value : values) variance += std::pow(value - mean, 2) / count;
    auto const [low, high] = std::minmax_element(values.begin(), values.end());
    range = *high - *low;
  }

  // The shift is one of the x, so that differences from it are below the range. The mean of a chunk is rounded, and
  // the mean of all, and the differences of the former.
  double mean_error(double d) const { return 1.1 * ((d + 6) * u * range + 3 * u * largest); }
  // sum (x - s)^2 and (sum (x - s))^2 / n cancel; the means of chunks enter with their errors.
  double variance_error(double d) const {
    return 1.1 * (4 * (d + 6) * u * range * range + 8 * u * largest * range + std::pow(4 * u * largest, 2));
  }
};

/// A case as operation_test.h wants it: its shape, activation and offset, for the operation of a sample.
template <class Sample, class Case>
struct ChannelNormCase : Sample {
  Case c;
  i64 offset = c.offset;

  explicit ChannelNormCase(Case const& given) : c(given) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return {.shape = c.shape, .activation = c.activation};
  }
};

}  // namespace heddle::testing
