// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
#pragma once

#include <cmath>

#include "bench/samples/reduce_backward.h"
#include "tests/support/cases_reduce.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

/// Some of the norms are 0.
struct ReduceSumBackwardCase : bench::ReduceSumBackwardSample {
  ReduceCase c;
  Summary summary;
  i64 offset = c.offset;

  ReduceSumBackwardCase(ReduceCase const& given, Summary kind) : c(given), summary(kind) {}

  template <class T>
  Args<T> arguments() const {
    return {.shape = c.shape, .summary = summary};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64 seed) const {
    if (name != "y") return uniform(count, seed);
    std::vector<f32> norms = uniform(count, seed, 0.5f, 2);
    for (std::size_t i = 1; i < norms.size(); i += 5) norms[i] = 0;
    return norms;
  }

  /// Exact but for 1 / axis and its product, or the quotient and the product.
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    double const share = summary == Summary::sum ? 0 : 1.1 * 2 * 0x1p-24;
    std::vector<double> result;
    for (i64 i = 0; i < a.shape.elements(); ++i)
      result.push_back((unit_roundoff<T> + share) * std::abs(a.dx[i]) + half_subnormal<T>);
    return {{"dx", result}};
  }
};

/// Exact. Indices are those that the forward pass could give.
struct ReduceMaxBackwardCase : bench::ReduceMaxBackwardSample {
  ReduceCase c;
  i64 offset = c.offset;

  explicit ReduceMaxBackwardCase(ReduceCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.shape = c.shape};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64 seed) const {
    return name == "index" ? small_integers(count, seed, 0, static_cast<int>(c.shape.axis) - 1) : uniform(count, seed);
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    return {{"dx", std::vector<double>(static_cast<std::size_t>(a.shape.elements()))}};
  }
};

}  // namespace heddle::testing
