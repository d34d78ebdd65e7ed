// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
//
// Notation: u = 2^-24; d = x - highest; t the targets. First-order bounds, with a tenth added for the second order.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

#include "bench/samples/cross_entropy.h"
#include "tests/support/cases_cross_entropy.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct CrossEntropyPass : bench::CrossEntropySample {
  CrossEntropyCase c;
  i64 offset = c.offset;

  explicit CrossEntropyPass(CrossEntropyCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {
        .rows = c.rows, .classes = c.classes, .smoothing = c.smoothing, .ignored_label = c.ignored, .dloss = c.dloss};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return cross_entropy_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    Bounds result = {{"loss", {}}, {"dlogits", {}}};
    for (i64 row = 0; row < a.rows; ++row) bound_row<T>(a, row, result);
    return result;
  }

 private:
  template <class T>
  static void bound_row(Args<f32> const& a, i64 row, Bounds& bounds) {
    constexpr double u = 0x1p-24;
    constexpr double tiny = 4 * 0x1p-149 + (std::same_as<T, bf16> ? 0x1p-134 : half_subnormal<T>);
    i64 const classes = a.classes;
    f32 const* const x = a.logits + row * classes;
    // No kernel gives a row to fewer than 32 threads; 10 more additions bring their sums together.
    double const chain = static_cast<double>(classes / 32 + 8 + 10);
    double const highest = *std::max_element(x, x + classes);
    auto const target = [&](i64 j) {
      double const share = a.targets ? a.targets[row * classes + j] : (j == a.labels[row] ? 1 : 0);
      return (a.weights ? a.weights[j] : 1) * ((1 - a.smoothing) * share + a.smoothing / static_cast<double>(classes));
    };
    // exp(d) is off by a share of (3 |d| + 4) u; online the sums are scaled by exponentials whose exponents add up to
    // d.
    auto const share = [](double d) { return (5 * std::abs(d) + 4) * u; };
    double sum = 0, weighted = 0, total = 0, terms = 0;
    for (i64 j = 0; j < classes; ++j) {
      double const d = x[j] - highest, t = target(j);
      total += t;
      if (!std::isfinite(d)) continue;
      sum += std::exp(d);
      weighted += std::exp(d) * share(d);
      terms += t * std::abs(d);
    }
    double const sum_share = weighted / sum + 2 * chain * u;
    bounds["loss"].push_back(1.1 * ((chain + 8) * u * (terms + total * std::log(sum)) + total * (sum_share + 4 * u)) +
                             u * std::abs(a.loss[row]));
    if (!a.dlogits) return;
    for (i64 j = 0; j < classes; ++j) {
      double const d = x[j] - highest;
      double const p = std::isfinite(d) ? std::exp(d) / sum : 0;
      double const error = p * total * (share(d) + sum_share + (chain + 8) * u) + 8 * u * target(j);
      bounds["dlogits"].push_back(1.1 * std::abs(a.dloss * (a.share ? *a.share : 1)) * error + tiny +
                                  (unit_roundoff<T> + 2 * u) * std::abs(a.dlogits[row * classes + j]));
    }
  }
};

}  // namespace heddle::testing
