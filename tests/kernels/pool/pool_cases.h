// The cases of pooling as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
//
// u = 2^-24. A sum of k terms is off by at most (k - 1) u sum |term|, in any order (Higham, "Accuracy and stability of
// numerical algorithms", 3.1); a tenth is added for the second order. No value is above 1 in magnitude.
#pragma once

#include "bench/samples/pool.h"
#include "tests/support/cases_pool2d.h"
#include "tests/support/fill.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

inline constexpr double u = 0x1p-24;

/// Of a sum of `terms` terms that are each below `magnitude`, and are off by `roundings` roundings themselves.
template <class T>
std::vector<double> sum_bounds(i64 count, f32 const* reference, double terms, double magnitude, double roundings) {
  std::vector<double> bounds;
  for (i64 i = 0; i < count; ++i)
    bounds.push_back(1.1 * (terms + roundings) * u * terms * magnitude +
                     (unit_roundoff<T> + u) * std::abs(static_cast<double>(reference[i])) + half_subnormal<T>);
  return bounds;
}

/// Whether a case has its winners as bytes or as positions.
inline bool has_taps(Pool2dShape const& shape) { return shape.r * shape.s <= most_taps; }

/// Outputs are equal bit for bit: few different values, so that there are many ties.
struct MaxPoolForwardCase : bench::MaxPoolForwardSample {
  Pool2dCase c;
  i64 offset = c.offset;
  explicit MaxPoolForwardCase(Pool2dCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.shape = c.shape};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    if (name == "tap" && !has_taps(c.shape)) return {};
    return small_integers(count, 1);
  }
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    return {{"y", std::vector<double>(static_cast<std::size_t>(a.shape.output_count()), 0.0)}};
  }
};

struct MaxPoolBackwardCase : bench::MaxPoolBackwardSample {
  Pool2dCase c;
  i64 offset = c.offset;
  bool positions = !has_taps(c.shape);  // take them though there could be bytes
  explicit MaxPoolBackwardCase(Pool2dCase const& given, bool as_positions = false)
      : c(given), positions(as_positions || !has_taps(given.shape)) {}

  template <class T>
  Args<T> arguments() const {
    return {.shape = c.shape};
  }
  /// The winners are those of the forward pass.
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    if (name == "dy") return uniform(count, 2);
    if ((name == "index") != positions || count == 0) return {};
    MaxPoolForwardCase const forward(c);
    Reference const reference(forward,
                              [&](auto of, i64 elements, u64 seed) { return forward.values(of, elements, seed); });
    return reference.operands.values(name);
  }
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    return {{"dx", sum_bounds<T>(a.shape.input_count(), a.dx, static_cast<double>(c.shape.r * c.shape.s), 1, 0)}};
  }
};

/// Sample: of the forward or backward pass.
template <class Sample>
struct AveragePoolCase : Sample {
  Pool2dCase c;
  bool count_padding;
  i64 offset = c.offset;
  AveragePoolCase(Pool2dCase const& given, bool counted) : c(given), count_padding(counted) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return {.shape = c.shape, .count_padding = count_padding};
  }
  std::vector<f32> values(std::string_view, i64 count, u64) const { return uniform(count, 3); }
  /// Terms are quotients, off by three roundings: two reciprocals and their product with the value.
  template <class T>
  Bounds bounds(typename Sample::template Args<f32> const& a) const {
    i64 const positions = a.shape.r * a.shape.s;
    auto const terms = static_cast<double>(positions);
    if constexpr (requires { a.y; })
      return {{"y", sum_bounds<T>(a.shape.output_count(), a.y, terms, 1 / terms, 3)}};
    else
      return {{"dx", sum_bounds<T>(a.shape.input_count(), a.dx, terms, count_padding ? 1 / terms : 1, 5)}};
  }
};

template <class Sample>
struct AdaptivePoolCase : Sample {
  AdaptivePool2dCase c;
  i64 offset = c.offset;
  explicit AdaptivePoolCase(AdaptivePool2dCase const& given) : c(given) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return {.shape = c.shape};
  }
  std::vector<f32> values(std::string_view, i64 count, u64) const { return uniform(count, 4); }
  template <class T>
  Bounds bounds(typename Sample::template Args<f32> const& a) const {
    // A window has at most size / outputs + 2 positions along an axis, and as many outputs meet in one the other way.
    auto const most = [](i64 size, i64 outputs) { return static_cast<double>(size / outputs + 2); };
    auto const [n, h, w, channels, p, q] = a.shape;
    if constexpr (requires { a.y; })
      return {{"y", sum_bounds<T>(a.shape.output_count(), a.y, most(h, p) * most(w, q), 1, 3)}};
    else
      return {{"dx", sum_bounds<T>(a.shape.input_count(), a.dx, most(p, h) * most(q, w), 1, 5)}};
  }
};

template <class Sample>
struct GlobalAverageCase : Sample {
  GlobalAverageSizes c;
  i64 offset = c.offset;
  explicit GlobalAverageCase(GlobalAverageSizes const& given) : c(given) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return Sample::template arguments<T>({c.n, c.positions, c.channels});
  }
  std::vector<f32> values(std::string_view, i64 count, u64) const { return uniform(count, 5); }
  /// No chain of additions is longer than the positions of a thread, its block's teams and the splits together.
  template <class T>
  Bounds bounds(typename Sample::template Args<f32> const& a) const {
    auto const terms = static_cast<double>(c.positions);
    if constexpr (requires { a.y; })
      return {{"y", sum_bounds<T>(c.n * c.channels, a.y, terms, 1 / terms, 3)}};
    else
      return {{"dx", sum_bounds<T>(c.n * c.positions * c.channels, a.dx, 1, 1 / terms, 3)}};
  }
};

/// Calls test(case) for all passes over windows.
template <class Test>
void for_each_pool2d(Pool2dCase const& c, Test const& test) {
  test(MaxPoolForwardCase(c));
  test(MaxPoolBackwardCase(c));
  test(MaxPoolBackwardCase(c, true));
  for (bool const count_padding : {true, false}) {
    test(AveragePoolCase<bench::AveragePoolForwardSample>(c, count_padding));
    test(AveragePoolCase<bench::AveragePoolBackwardSample>(c, count_padding));
  }
}

template <class Test>
void for_each_adaptive_pool(AdaptivePool2dCase const& c, Test const& test) {
  test(AdaptivePoolCase<bench::AdaptiveAveragePoolForwardSample>(c));
  test(AdaptivePoolCase<bench::AdaptiveAveragePoolBackwardSample>(c));
}

template <class Test>
void for_each_global_average(GlobalAverageSizes const& c, Test const& test) {
  test(GlobalAverageCase<bench::GlobalAverageForwardSample>(c));
  test(GlobalAverageCase<bench::GlobalAverageBackwardSample>(c));
}

}  // namespace heddle::testing
