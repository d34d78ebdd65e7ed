// The cases of the convolution as operation_test.h wants them, with the bounds that a kernel must keep that sums in
// f32.
#pragma once

#include <cmath>

#include "bench/samples/conv2d.h"
#include "tests/kernels/conv/conv2d_reference.h"
#include "tests/support/cases_conv2d.h"
#include "tests/support/fill.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

/// What a sum of `terms` products may be off by, in any order, on the device and in the reference, given the sum of the
/// products' magnitudes; then it is rounded to T.
template <class T>
std::vector<double> product_bounds(i64 terms, std::vector<double> const& magnitudes, f32 const* reference) {
  std::vector<double> bounds;
  for (std::size_t i = 0; i < magnitudes.size(); ++i)
    bounds.push_back(2.2 * 0x1p-24 * static_cast<double>(terms + 1) * magnitudes[i] +
                     unit_roundoff<T> * std::abs(static_cast<double>(reference[i])) + half_subnormal<T>);
  return bounds;
}

/// Sample: of one direction.
template <class Sample>
struct Conv2dPass : Sample {
  Conv2dCase c;
  i64 offset = 0;
  explicit Conv2dPass(Conv2dCase const& given) : c(given) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return {.shape = c.shape};
  }

  template <class T>
  Bounds bounds(Conv2dForwardArgs<f32> const& a) const {
    std::vector<double> magnitudes(static_cast<std::size_t>(a.shape.output_count()));
    for_each_product(a.shape, [&](std::size_t x, std::size_t filter, std::size_t y) {
      magnitudes[y] += std::abs(static_cast<double>(a.x[x]) * a.filter[filter]);
    });
    return {{"y", product_bounds<T>(a.shape.r * a.shape.s * a.shape.c / a.shape.groups, magnitudes, a.y)}};
  }
  template <class T>
  Bounds bounds(Conv2dBackwardDataArgs<f32> const& a) const {
    std::vector<double> magnitudes(static_cast<std::size_t>(a.shape.input_count()));
    for_each_product(a.shape, [&](std::size_t x, std::size_t filter, std::size_t y) {
      magnitudes[x] += std::abs(static_cast<double>(a.dy[y]) * a.filter[filter]);
    });
    return {{"dx", product_bounds<T>(a.shape.r * a.shape.s * a.shape.k / a.shape.groups, magnitudes, a.dx)}};
  }
  template <class T>
  Bounds bounds(Conv2dBackwardFilterArgs<f32> const& a) const {
    std::vector<double> magnitudes(static_cast<std::size_t>(a.shape.filter_count()));
    for_each_product(a.shape, [&](std::size_t x, std::size_t filter, std::size_t y) {
      magnitudes[filter] += std::abs(static_cast<double>(a.dy[y]) * a.x[x]);
    });
    return {{"dfilter", product_bounds<T>(a.shape.n * a.shape.p() * a.shape.q(), magnitudes, a.dfilter)}};
  }
};

/// Calls visit with each direction of a case.
template <class Visit>
void for_each_direction(Conv2dCase const& c, Visit const& visit) {
  visit(Conv2dPass<bench::Conv2dForwardSample>(c));
  visit(Conv2dPass<bench::Conv2dBackwardDataSample>(c));
  visit(Conv2dPass<bench::Conv2dBackwardFilterSample>(c));
}

}  // namespace heddle::testing
