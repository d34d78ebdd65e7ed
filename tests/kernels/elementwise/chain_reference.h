// The cases of the chain as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
//
// With u = 2^-24 and z = x + bias, which is the same in both: an activation is z times an opening between 0 and 1,
// sigmoid(t) or Phi(z). The opening is off by at most 5 u: t comes with an error of 4 u |t| to a slope of which |t|
// times it is below 1/4, exp2 and the reciprocal add 4 u of a value below 1; erff is within 2 units. The derivative is
// opening + z t' sigmoid'(t), where z t' <= 3 |t|, and sigmoid' = s (1 - s) is off by 10 u at most; for Phi the second
// term is z phi(z), below 1/4 and off by (z^2 + 4) u of that, which is below 8 u.
#pragma once

#include <cmath>

#include "bench/samples/elementwise.h"
#include "tests/support/cases_chain.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

inline constexpr double u = 0x1p-24;

inline double activation_error(Activation activation, double z) {
  return activation == Activation::none || activation == Activation::relu ? 0 : 6 * u * std::abs(z);
}

inline double derivative_error(Activation activation, double z) {
  switch (activation) {
    case Activation::gelu_erf:
      return 16 * u;
    case Activation::gelu_tanh: {
      double const t = 2 * 0.7978845608 * std::abs(z) * (1 + 0.044715 * z * z);
      return 5 * u + 10 * u * 3 * std::min(t, 100.0);  // beyond, sigmoid' is zero in both
    }
    case Activation::silu:
      return 5 * u + 10 * u * std::min(std::abs(z), 100.0);
    default:
      return 0;
  }
}

/// What the dropout multiplies with where it keeps.
inline double kept_factor(Dropout const& dropout) { return dropout.rate == 1 ? 0 : 1.001 / (1 - dropout.rate); }

template <class A>
double before_activation(A const& a, i64 i) {
  return static_cast<double>(a.x[i]) + (a.bias == nullptr ? 0.0f : a.bias[i % a.columns]);
}

struct ChainForwardCase : bench::ChainForwardSample {
  ChainCase c;
  i64 offset = c.offset;

  explicit ChainForwardCase(ChainCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.rows = c.rows, .columns = c.columns, .activation = c.activation, .dropout = c.dropout};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return chain_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    std::vector<double> result;
    for (i64 i = 0; i < a.rows * a.columns; ++i) {
      double const z = before_activation(a, i), factor = kept_factor(a.dropout), y = std::abs(a.y[i]);
      result.push_back(factor * (activation_error(a.activation, z) + 2 * u * std::abs(z)) +
                       (unit_roundoff<T> + 3 * u) * y + half_subnormal<T>);
    }
    return {{"y", result}};
  }
};

struct ChainBackwardCase : bench::ChainBackwardSample {
  ChainCase c;
  i64 offset = c.offset;

  explicit ChainBackwardCase(ChainCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.rows = c.rows, .columns = c.columns, .activation = c.activation, .dropout = c.dropout};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    return name == "x" && c.activation == Activation::none ? std::vector<f32>() : chain_values(c, name, count);
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    auto const columns = static_cast<std::size_t>(a.columns);
    std::vector<double> of_dx, of_dbias(columns), sums(columns);
    for (i64 i = 0; i < a.rows * a.columns; ++i) {
      auto const column = static_cast<std::size_t>(i % a.columns);
      double const g = std::abs(a.dy[i]) * kept_factor(a.dropout);
      double const error =
          a.activation == Activation::none ? 0 : g * derivative_error(a.activation, before_activation(a, i));
      double const dx = a.dx == nullptr ? g : std::abs(a.dx[i]);
      of_dx.push_back(error + (unit_roundoff<T> + 4 * u) * dx + half_subnormal<T>);
      // A term of the sum; 4 roundings of its own, and those of the additions.
      of_dbias[column] += error + (static_cast<double>(a.rows) + 14) * u * 1.2 * g;
    }
    if (a.dbias != nullptr)
      for (std::size_t j = 0; j < columns; ++j)
        of_dbias[j] += (unit_roundoff<T> + u) * std::abs(a.dbias[j]) + half_subnormal<T>;
    return {{"dx", of_dx}, {"dbias", of_dbias}};
  }
};

}  // namespace heddle::testing
