// What an epilogue makes of sums: its formula in double, and what an implementation that computes in f32 may be off.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <ostream>
#include <string>
#include <vector>

#include "bench/harness/operands.h"
#include "kernels/core/epilogue.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"

namespace heddle::testing {

/// A value, and what a result may be off from it.
struct Approximate {
  double value = 0, error = 0;

  /// Of a sum in f32.
  void add(double x) {
    value += x;
    error += 0x1p-23 * (std::abs(value) + std::abs(x));
  }
};

inline double activated(Activation activation, double x) {
  double const pi = std::numbers::pi;
  switch (activation) {
    case Activation::none:
      return x;
    case Activation::relu:
      return std::max(x, 0.0);
    case Activation::gelu_erf:
      return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    case Activation::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / pi) * (x + 0.044715 * x * x * x)));
    case Activation::silu:
      return x / (1 + std::exp(-x));
  }
  return NAN;
}

/// By the central difference, off by 1e-10 or so; of relu at 0 it is 0.
inline double derivative(Activation activation, double x) {
  if (activation == Activation::relu) return x > 0 ? 1 : 0;
  double const step = 1e-5;
  return (activated(activation, x + step) - activated(activation, x - step)) / (2 * step);
}

/// Of D, beyond roundoff: integers are as far as half from what they are rounded from.
template <class D>
inline constexpr double half_unit = std::same_as<D, i8>       ? 0.5
                                    : std::same_as<D, f8e4m3> ? 0x1p-10
                                                              : half_subnormal<D>;

/// Where values of D end.
template <class D>
inline constexpr double most_of = std::same_as<D, i8>       ? 127
                                  : std::same_as<D, f8e4m3> ? 448
                                                            : HUGE_VAL;
template <class D>
inline constexpr double least_of = std::same_as<D, i8> ? -128 : -most_of<D>;

/// The elements of operands, read once.
class OperandValues {
 public:
  explicit OperandValues(bench::Operands const& operands) : operands_(operands) {}
  double operator()(std::string const& name, i64 element) {
    auto const [found, added] = values_.try_emplace(name);
    if (added) found->second = operands_.values(name);
    return found->second.at(static_cast<std::size_t>(element));
  }

 private:
  bench::Operands const& operands_;
  std::map<std::string, std::vector<f32>> values_;
};

/// A tensor [m, n] that sums become, whose rows are `leading` elements apart.
struct EpilogueResult {
  std::string name;
  i64 m = 0, n = 0, leading = 0;
  Activation activation = Activation::none;
};

/// All that an operation with an epilogue writes, for a result of type D. All activations rise by at most 1.13, and are
/// computed to 16 units in the last place of 1 + |x|.
template <class D>
class EpilogueReference {
 public:
  using Tensor = std::vector<Approximate>;

  /// sum_of(row, column) is the Approximate sum, alike for the memory of `operands`.
  EpilogueReference(EpilogueResult const& of, bench::Operands const& operands, auto const& sum_of)
      : operands_(operands), at(operands), name_(of.name) {
    Tensor sums(static_cast<std::size_t>(of.n)), products = sums;
    Approximate largest;
    for (i64 row = 0; row < of.m; ++row)
      for (i64 column = 0; column < of.n; ++column) {
        i64 const element = row * of.leading + column;
        Approximate x = sum_of(row, column);
        if (operands.has("bias")) x.add(at("bias", column));
        set("before_activation", element, x, unit_roundoff<EpilogueValue<D>>);
        activate(of.activation, element, column, x);
        if (operands.has("residual")) x.add(at("residual", element));
        auto& [sum, sum_error] = sums[static_cast<std::size_t>(column)];
        auto& [total, total_error] = products[static_cast<std::size_t>(column)];
        double const additions = static_cast<double>(of.m + 2) * 0x1p-24;
        sum += x.value;
        sum_error += x.error + additions * std::abs(x.value);
        bool const of_gradient = operands.has("gradient_of");
        double const factor = of_gradient ? at("gradient_of", element) : x.value;
        total += x.value * factor;
        total_error +=
            (of_gradient ? x.error * std::abs(factor) : 2 * x.error * std::abs(x.value) + x.error * x.error) +
            additions * std::abs(x.value * factor);
        largest = {std::max(largest.value, std::abs(x.value)), std::max(largest.error, x.error)};
        if (operands.has("scale")) {
          x.value *= at("scale", 0);
          x.error = x.error * std::abs(at("scale", 0)) + 0x1p-24 * std::abs(x.value);
        }
        set(of.name, element, x, std::same_as<D, i8> ? 0 : unit_roundoff<D>);
      }
    result_["column_sums"] = sums;
    result_["column_products"] = products;
    result_["absolute_maximum"] = {largest};
  }

  /// Compares what was written with it.
  void expect_written() {
    double const between = std::same_as<D, i8> ? -1 : NAN;  // all bits one, as they were
    operands_.for_each([&](std::string const& name, bool written) {
      if (!written) return;
      SCOPED_TRACE(name);
      Tensor const& expected = result_[name];
      std::vector<double> values(expected.size());
      bool const is_result = name == name_;
      double const least = is_result ? least_of<D> : -HUGE_VAL, most = is_result ? most_of<D> : HUGE_VAL;
      for (std::size_t i = 0; i < values.size(); ++i) {
        double const value = expected[i].value;
        values[i] = !std::isnan(value) ? std::clamp(value, least, most) : is_result ? between : NAN;
      }
      EXPECT_TRUE(within(operands_.values(name), values, [&](std::size_t i, double) {
        return expected[i].error + (is_result ? half_unit<D> : half_unit<EpilogueValue<D>>);
      }));
    });
    EXPECT_EQ(operands_.overrun(), "") << "was written around";
  }

 private:
  void set(std::string const& name, i64 element, Approximate x, double roundoff) {
    Tensor& tensor = result_[name];
    auto const place = static_cast<std::size_t>(element);
    tensor.resize(std::max(tensor.size(), place + 1), {NAN, 0});
    tensor[place] = {x.value, x.error * (1 + roundoff) + roundoff * std::abs(x.value)};
  }

  void activate(Activation activation, i64 element, i64 column, Approximate& x) {
    double const u = 0x1p-24;
    if (operands_.has("gradient_of")) {
      double where = at("gradient_of", element), dy = x.value;
      if (operands_.has("gradient_scale")) where *= at("gradient_scale", column);
      if (operands_.has("gradient_shift")) where += at("gradient_shift", column);
      x.value = dy * derivative(activation, where);
      x.error = 1.13 * x.error + std::abs(dy) * (1e-9 + 16 * u * (1 + std::abs(where)));
    } else if (activation != Activation::none) {
      double const before = x.value;
      x.value = activated(activation, before);
      x.error = 1.13 * x.error + 16 * u * (1 + std::abs(before));
    }
  }

  bench::Operands const& operands_;
  OperandValues at;
  std::string name_;
  std::map<std::string, Tensor> result_;
};

}  // namespace heddle::testing
