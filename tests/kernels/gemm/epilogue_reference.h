// Products with an epilogue: their formula in double, and what an implementation that computes in f32 may be off.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <ostream>
#include <string>
#include <vector>

#include "bench/harness/operands.h"
#include "kernels/gemm/gemm.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct EpilogueCase {
  std::string name;
  std::string steps;  // the names of optional tensors, each followed by a space
  Activation activation = Activation::none;
  i64 m = 70, n = 72, k = 24;
  f32 alpha = 1, beta = 0;
  i64 extra = 0, offset = 0;  // elements between rows of d, and from an aligned address
  i64 extra_of_operands = 0;  // elements between rows of a and b
  bool transpose_b = true;
  GemmChoice choice = {};

  bool has(std::string_view step) const { return steps.find(std::string(step) + " ") != std::string::npos; }
  template <class T, class D>
  GemmArgs<T, D> arguments() const {
    GemmArgs<T, D> args = {.m = m, .n = n, .k = k, .transpose_b = transpose_b, .alpha = alpha, .beta = beta};
    args.lda = k + extra_of_operands;
    args.ldb = (transpose_b ? k : n) + extra_of_operands;
    args.ldc = args.ldd = n + extra;
    args.epilogue.activation = activation;
    args.choice = choice;
    return args;
  }
  std::vector<f32> values(std::string_view tensor, i64 count, u64 seed) const {
    bool const given = tensor == "a" || tensor == "b" || (tensor == "c" && beta != 0) || has(tensor);
    return given ? uniform(count, seed, -1.5f, 2) : std::vector<f32>();
  }
};

inline void PrintTo(EpilogueCase const& c, std::ostream* out) { *out << c.name; }

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

/// The tensors that a product writes, by name. All activations rise by at most 1.13, and are computed to 16 units in
/// the last place of 1 + |x|.
class EpilogueReference {
 public:
  using Tensor = std::vector<Approximate>;

  template <class T, class D>
  EpilogueReference(GemmArgs<T, D> const& args, bench::Operands const& operands) : operands_(operands) {
    Tensor sums(static_cast<std::size_t>(args.n)), products = sums;
    Approximate largest;
    for (i64 row = 0; row < args.m; ++row)
      for (i64 column = 0; column < args.n; ++column) {
        i64 const element = row * args.ldd + column;
        Approximate x = product(args, row, column);
        if (operands.has("bias")) x.add(at("bias", column));
        set("before_activation", element, x, unit_roundoff<EpilogueValue<D>>);
        activate(args.epilogue.activation, element, column, x);
        if (operands.has("residual")) x.add(at("residual", element));
        auto& [sum, sum_error] = sums[static_cast<std::size_t>(column)];
        auto& [total, total_error] = products[static_cast<std::size_t>(column)];
        double const additions = static_cast<double>(args.m + 2) * 0x1p-24;
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
        set("d", element, x, std::same_as<D, i8> ? 0 : unit_roundoff<D>);
      }
    result["column_sums"] = sums;
    result["column_products"] = products;
    result["absolute_maximum"] = {largest};
  }

  std::map<std::string, Tensor> result;

 private:
  double at(std::string const& name, i64 element) {
    auto const [found, added] = values_.try_emplace(name);
    if (added) found->second = operands_.values(name);
    return found->second.at(static_cast<std::size_t>(element));
  }

  void set(std::string const& name, i64 element, Approximate x, double roundoff) {
    Tensor& tensor = result[name];
    auto const place = static_cast<std::size_t>(element);
    tensor.resize(std::max(tensor.size(), place + 1), {NAN, 0});
    tensor[place] = {x.value, x.error * (1 + roundoff) + roundoff * std::abs(x.value)};
  }

  /// alpha * factors * sum + beta * c, in any order of additions, the factors being multiplied with either.
  template <class T, class D>
  Approximate product(GemmArgs<T, D> const& args, i64 row, i64 column) {
    double sum = 0, magnitude = 0;
    for (i64 k = 0; k < args.k; ++k) {
      double const one =
          at("a", row * args.lda + k) * at("b", args.transpose_b ? column * args.ldb + k : k * args.ldb + column);
      sum += one;
      magnitude += std::abs(one);
    }
    double factor = args.alpha;
    for (char const* name : {"scale_a", "scale_b"})
      if (operands_.has(name)) factor *= at(name, 0);
    Approximate x = {factor * sum, static_cast<double>(args.k + 6) * 0x1p-24 * std::abs(factor) * magnitude};
    if (args.beta != 0) x.add(args.beta * at("c", row * args.ldc + column));
    return x;
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
  std::map<std::string, std::vector<f32>> values_;
};

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

/// Runs a case on a device, and compares all that it writes with the formula.
template <class T, class D>
void test_epilogue(EpilogueCase const& c, Memory const& memory, OperationFn<GemmArgs<T, D>>* gemm) {
  SCOPED_TRACE(::testing::Message() << "element types " << sizeof(T) << " and " << typeid(D).name());
  auto args = c.arguments<T, D>();
  bench::Operands const operands(
      memory, args, [&](auto name, i64 count, u64 seed) { return c.values(name, count, seed); }, 0, c.offset);
  gemm(args, {});
  EpilogueReference reference(args, operands);
  double const between = std::same_as<D, i8> ? -1 : NAN;  // all bits one, as they were
  operands.for_each([&](std::string const& name, bool written) {
    if (!written) return;
    SCOPED_TRACE(name);
    auto const& expected = reference.result[name];
    std::vector<double> values(expected.size());
    double const least = name == "d" ? least_of<D> : -HUGE_VAL, most = name == "d" ? most_of<D> : HUGE_VAL;
    for (std::size_t i = 0; i < values.size(); ++i) {
      double const value = expected[i].value;
      values[i] = !std::isnan(value) ? std::clamp(value, least, most) : name == "d" ? between : NAN;
    }
    EXPECT_TRUE(within(operands.values(name), values, [&](std::size_t i, double) {
      return expected[i].error + (name == "d" ? half_unit<D> : half_unit<EpilogueValue<D>>);
    }));
  });
  EXPECT_EQ(operands.overrun(), "") << "was written around";
}

}  // namespace heddle::testing
