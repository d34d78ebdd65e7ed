// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
#pragma once

#include <cmath>
#include <limits>

#include "bench/samples/reduce.h"
#include "tests/support/cases_reduce.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

/// Sums of n terms of which no thread adds more than n / 32 + 16 in a chain: n / 4 when n is small; the threads' own
/// sums meet in at most 9 more additions, the chunks' in 48.
struct ReduceSumCase : bench::ReduceSumSample {
  ReduceCase c;
  Summary summary;
  i64 offset = c.offset;

  ReduceSumCase(ReduceCase const& given, Summary kind) : c(given), summary(kind) {}

  template <class T>
  Args<T> arguments() const {
    return {.shape = c.shape, .summary = summary};
  }
  std::vector<f32> values(std::string_view, i64 count, u64) const {
    return uniform(count, 1, c.center - 1, c.center + 1);
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    constexpr double u = 0x1p-24;
    auto const [outer, axis, inner] = a.shape;
    double const chain = static_cast<double>(std::min<i64>(axis, axis / 8 + 80));
    std::vector<double> result;
    for (i64 i = 0; i < a.shape.results(); ++i) {
      double sum = 0;
      for (i64 k = 0; k < axis; ++k) sum += std::abs(term(a, (i / inner * axis + k) * inner + i % inner));
      double const error = 1.1 * (chain + 2) * u * sum, y = std::abs(a.y[i]);
      double const finished = summary == Summary::mean  ? error / static_cast<double>(axis)
                              : summary == Summary::sum ? error
                                                        : error / std::max(2 * y, 1e-30);
      result.push_back(1.1 * finished + (unit_roundoff<T> + 4 * u) * y + half_subnormal<T>);
    }
    return {{"y", result}};
  }

 private:
  double term(Args<f32> const& a, i64 i) const {
    double const x = a.x[i];
    return summary == Summary::l2_norm ? x * x : x;
  }
};

struct ReduceDotCase : bench::ReduceDotSample {
  ReduceCase c;
  i64 offset = c.offset;

  explicit ReduceDotCase(ReduceCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.shape = c.shape};
  }
  std::vector<f32> values(std::string_view, i64 count, u64 seed) const {
    return uniform(count, seed, c.center - 1, c.center + 1);
  }

  /// As those of a sum, whose terms are rounded once more.
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    constexpr double u = 0x1p-24;
    auto const [outer, axis, inner] = a.shape;
    double const chain = static_cast<double>(std::min<i64>(axis, axis / 8 + 80));
    std::vector<double> result;
    for (i64 i = 0; i < a.shape.results(); ++i) {
      double sum = 0;
      for (i64 k = 0; k < axis; ++k) {
        i64 const element = (i / inner * axis + k) * inner + i % inner;
        sum += std::abs(static_cast<double>(a.x[element]) * a.z[element]);
      }
      result.push_back(1.1 * (chain + 3) * u * sum + (unit_roundoff<T> + u) * std::abs(a.y[i]) + half_subnormal<T>);
    }
    return {{"y", result}};
  }
};

/// Exact. Values are few, so that there are equal ones; some are NaN.
struct ReduceMaxCase : bench::ReduceMaxSample {
  ReduceCase c;
  bool nan = false;
  i64 offset = c.offset;

  explicit ReduceMaxCase(ReduceCase const& given, bool with_nan = false) : c(given), nan(with_nan) {}

  template <class T>
  Args<T> arguments() const {
    return {.shape = c.shape};
  }
  std::vector<f32> values(std::string_view, i64 count, u64) const {
    std::vector<f32> result = small_integers(count, 1, -9, 9);
    for (std::size_t i = 5; nan && i < result.size(); i += 17) result[i] = std::numeric_limits<f32>::quiet_NaN();
    return result;
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    return {{"y", std::vector<double>(static_cast<std::size_t>(a.shape.results()))}};
  }
};

}  // namespace heddle::testing
