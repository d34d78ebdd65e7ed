// Comparisons that name the worst element. NaN in a result fails, unless the reference has it there too.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <concepts>
#include <functional>
#include <span>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::testing {

/// Half the smallest subnormal of T: what rounding adds below its normal range.
template <class T>
inline constexpr double half_subnormal = std::same_as<T, f16> ? 0x1p-25 : 0;

/// The bound on |actual - reference| of one element.
using Bound = std::function<double(std::size_t index, double reference)>;

/// Tier "bounded": every element within its bound.
template <class T>
::testing::AssertionResult within(std::span<T const> actual, std::span<double const> reference, Bound const& bound) {
  if (actual.size() != reference.size())
    return ::testing::AssertionFailure() << actual.size() << " elements, expected " << reference.size();
  std::size_t worst = 0;
  double worst_share = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    double const value = static_cast<double>(static_cast<f32>(actual[i]));
    double const expected = reference[i];
    if (value == expected || (std::isnan(value) && std::isnan(expected))) continue;
    double const error = std::abs(value - expected);
    double const limit = bound(i, expected);
    double const share = error <= limit ? error / limit : (std::isfinite(error) ? error / limit : HUGE_VAL);
    if (!(share <= worst_share)) {
      worst = i;
      worst_share = std::isnan(share) ? HUGE_VAL : share;
    }
  }
  if (worst_share <= 1) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "worst at " << worst << " of " << actual.size() << ": "
                                       << static_cast<f32>(actual[worst]) << ", expected " << reference[worst]
                                       << ", bound " << bound(worst, reference[worst]);
}

/// A sum of k products accumulated in f32 and rounded to T:
/// |error| <= u_T * |reference| + (k + 2) * 2^-24 * magnitude, where `magnitude` is about sum |a| |b|
/// (Higham, "Accuracy and stability of numerical algorithms", 3.1).
template <class T>
Bound accumulation_bound(i64 k, double magnitude) {
  return [=](std::size_t, double reference) {
    return unit_roundoff<T> * std::abs(reference) + static_cast<double>(k + 2) * 0x1p-24 * magnitude;
  };
}

/// |error| <= relative * |reference| + absolute.
inline Bound close_bound(double relative, double absolute) {
  return [=](std::size_t, double reference) { return relative * std::abs(reference) + absolute; };
}

template <class T>
std::vector<double> as_double(std::vector<T> const& values) {
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) result[i] = static_cast<double>(static_cast<f32>(values[i]));
  return result;
}

template <class T, class R>
::testing::AssertionResult within(std::vector<T> const& actual, std::vector<R> const& reference, Bound const& bound) {
  if constexpr (std::same_as<R, double>)
    return within(std::span<T const>(actual), std::span<double const>(reference), bound);
  else
    return within(actual, as_double(reference), bound);
}

/// Tier "exact": the same bits, given as values.
template <class T>
::testing::AssertionResult equal(std::vector<T> const& actual, std::vector<T> const& expected) {
  return within(actual, as_double(expected), [](std::size_t, double) { return 0.0; });
}

}  // namespace heddle::testing
