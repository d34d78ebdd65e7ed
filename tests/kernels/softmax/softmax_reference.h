// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
//
// Notation: u = 2^-24; d = z - highest. First-order bounds, with a tenth added for the second order.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

#include "bench/samples/softmax.h"
#include "tests/support/cases_softmax.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

inline constexpr double u = 0x1p-24;
/// Below the normal range, exponentials are off by units of the smallest f32, and what is stored by half of one of T.
template <class T>
inline constexpr double tiny = 4 * 0x1p-149 + (std::same_as<T, bf16> ? 0x1p-134 : half_subnormal<T>);

/// The longest chain of additions: no kernel gives a row to fewer than 32 threads; 10 more bring their sums together.
inline double softmax_chain(i64 columns) { return static_cast<double>(columns / 32 + 8 + 10); }

struct SoftmaxForwardCase : bench::SoftmaxForwardSample {
  SoftmaxCase c;
  bool logarithm;
  i64 offset = c.offset;

  SoftmaxForwardCase(SoftmaxCase const& given, bool of_logarithm) : c(given), logarithm(of_logarithm) {}

  template <class T>
  Args<T> arguments() const {
    return {.rows = c.rows, .columns = c.columns, .logarithm = logarithm, .scale = c.scale, .mask_rows = c.mask_rows};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return softmax_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    Bounds result = {{"y", {}}};
    for (i64 row = 0; row < a.rows; ++row) bound_row<T>(a, row, result["y"]);
    return result;
  }

 private:
  template <class T>
  static void bound_row(Args<f32> const& a, i64 row, std::vector<double>& bounds) {
    std::vector<double> z;
    double highest = -HUGE_VAL, magnitude = 0;
    for (i64 j = 0; j < a.columns; ++j) {
      i64 const place = row % a.mask_rows * a.columns + j;
      double const scaled = static_cast<double>(a.scale) * a.x[row * a.columns + j], bias = a.bias ? a.bias[place] : 0;
      z.push_back(a.mask && a.mask[place] == 0 ? -HUGE_VAL : scaled + bias);
      highest = std::max(highest, z.back());
      if (std::isfinite(z.back())) magnitude = std::max(magnitude, std::abs(scaled) + std::abs(bias));
    }
    // z and highest are off by 2 u magnitude; exp(x) by a share of (2 |x| + 4) u, and d is rounded. Online, the sums
    // are scaled by exponentials whose exponents add up to d.
    auto const share = [&](double d) { return (4 * magnitude + 5 * std::abs(d) + 4) * u; };
    double sum = 0, weighted = 0;
    for (double const score : z) {
      double const d = score - highest;
      if (!std::isfinite(d)) continue;
      sum += std::exp(d);
      weighted += std::exp(d) * share(d);
    }
    double const sum_share = sum == 0 ? 0 : weighted / sum + 2 * softmax_chain(a.columns) * u;
    for (i64 j = 0; j < a.columns; ++j) {
      double const y = std::abs(a.y[row * a.columns + j]), d = z[static_cast<std::size_t>(j)] - highest;
      double const error = !std::isfinite(d) ? 0
                           : a.logarithm ? 1.1 * ((4 * magnitude + std::abs(d)) * u + sum_share + 4 * u * std::log(sum))
                                         : 1.1 * y * (share(d) + sum_share + 3 * u);
      bounds.push_back(error + (unit_roundoff<T> + 2 * u) * y + tiny<T>);
    }
  }
};

struct SoftmaxBackwardCase : bench::SoftmaxBackwardSample {
  SoftmaxCase c;
  bool logarithm;
  i64 offset = c.offset;

  SoftmaxBackwardCase(SoftmaxCase const& given, bool of_logarithm) : c(given), logarithm(of_logarithm) {}

  template <class T>
  Args<T> arguments() const {
    return {.rows = c.rows, .columns = c.columns, .logarithm = logarithm, .scale = c.scale};
  }
  /// y is that of the forward pass.
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    if (name == "dy") return softmax_values(c, name, count);
    return Reference<SoftmaxForwardCase>(
               SoftmaxForwardCase(c, logarithm),
               [&](std::string_view input, i64 elements, u64) { return softmax_values(c, input, elements); })
        .operands.values("y");
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    Bounds result = {{"dx", {}}};
    double const chain = softmax_chain(a.columns) + 2, scale = std::abs(a.scale);
    for (i64 row = 0; row < a.rows; ++row) {
      f32 const *const y = a.y + row * a.columns, *const dy = a.dy + row * a.columns;
      double magnitude = 0;  // of the sum
      for (i64 j = 0; j < a.columns; ++j) magnitude += std::abs((a.logarithm ? 1.0 : y[j]) * dy[j]);
      for (i64 j = 0; j < a.columns; ++j) {
        double const p = a.logarithm ? std::exp(static_cast<double>(y[j])) : y[j];
        double const share = a.logarithm ? chain + (std::isfinite(y[j]) ? 2 * std::abs(y[j]) : 0) + 7 : chain + 4;
        double const terms = a.logarithm ? 2 * u * std::abs(dy[j]) : 4 * u * p * std::abs(dy[j]);
        result["dx"].push_back(1.1 * scale * (p * share * u * magnitude + terms) +
                               (unit_roundoff<T> + u) * std::abs(a.dx[row * a.columns + j]) + tiny<T>);
      }
    }
    return result;
  }
};

/// Calls test(case) for both passes of softmax and log-softmax.
template <class Test>
void for_each_pass(SoftmaxCase const& c, Test const& test) {
  for (bool const logarithm : {false, true}) {
    SCOPED_TRACE(logarithm ? "log-softmax" : "softmax");
    test(SoftmaxForwardCase(c, logarithm));
    test(SoftmaxBackwardCase(c, logarithm));
  }
}

}  // namespace heddle::testing
