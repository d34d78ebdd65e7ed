// The cases of layer and root mean square normalisation as operation_test.h wants them, with the bounds that a kernel
// must keep that computes in f32.
//
// Notation: u = 2^-24; d = the longest chain of additions of one sum over a row; A = mean |x| of the row.
// Sums, products and differences each round by u. First-order bounds (Higham, "Accuracy and stability of numerical
// algorithms", 3.1), with a tenth added for the second order.
#pragma once

#include <cmath>

#include "bench/samples/row_norm.h"
#include "kernels/norm/row_norm_params.h"
#include "tests/support/cases_row_norm.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

inline constexpr double u = 0x1p-24;

/// No kernel gives a row to fewer than 32 threads; 10 additions then bring the threads' sums together.
inline double chain(i64 columns) { return static_cast<double>(columns / 32 + 8 + 10); }

/// Sample: of the forward pass of either.
template <class Sample>
struct RowNormForwardCase : Sample {
  RowNormCase c;
  i64 offset = c.offset;

  explicit RowNormForwardCase(RowNormCase const& given) : c(given) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return {.shape = c.shape};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return row_norm_values(c, name, count); }

  template <class T>
  Bounds bounds(typename Sample::template Args<f32> const& a) const {
    Bounds result = {{"y", {}}, {"mean", {}}, {"rstd", {}}};
    result["sum"].resize(static_cast<std::size_t>(c.shape.rows * c.shape.columns), 0.0);  // exact
    for (i64 row = 0; row < a.shape.rows; ++row) bound_row<T>(params_of(a), row, result);
    return result;
  }

 private:
  template <class T>
  static void bound_row(RowNormForwardParams<f32> const& p, i64 row, Bounds& bounds) {
    i64 const columns = p.columns;
    f32 const* const x = (p.sum == nullptr ? p.x : p.sum) + row * columns;
    double sum = 0;
    for (i64 j = 0; j < columns; ++j) sum += std::abs(static_cast<double>(x[j]));
    bool const centred = p.mean != nullptr;
    double const d = chain(columns), mean = centred ? p.mean[row] : 0, r = p.rstd[row];
    double const mean_error = !centred || columns == 0 ? 0 : 1.1 * (d + 2) * u * sum / static_cast<double>(columns);
    // sum (x - m')^2 = sum (x - m)^2 + columns * (m' - m)^2; rsqrtf is within 2 units in the last place.
    double const rstd_share = 1.1 * (((d + 5) * u + std::pow(mean_error * r, 2)) / 2 + 5 * u);
    bounds["mean"].push_back(mean_error + u * std::abs(mean));
    bounds["rstd"].push_back((rstd_share + u) * r);
    for (i64 j = 0; j < columns; ++j) {
      double const xhat = std::abs(x[j] - mean) * r;
      double const value = std::abs(p.y[row * columns + j]);
      bounds["y"].push_back(1.1 * std::abs(p.gamma[j]) * (r * mean_error + xhat * (rstd_share + 4 * u)) +
                            3 * u * value + (unit_roundoff<T> + u) * value + half_subnormal<T>);
    }
  }
};

/// Forward, Sample: the samples of both passes of either.
template <class Forward, class Sample>
struct RowNormBackwardCase : Sample {
  RowNormCase c;
  i64 offset = c.offset;

  explicit RowNormBackwardCase(RowNormCase const& given) : c(given) {}

  template <class T>
  typename Sample::template Args<T> arguments() const {
    return {.shape = c.shape, .workspace = {}};
  }
  /// mean and rstd are those of x.
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    if (name != "mean" && name != "rstd") return row_norm_values(c, name, count);
    RowNormForwardCase<Forward> const forward(c);
    Reference const reference(forward,
                              [&](auto of, i64 elements, u64 seed) { return forward.values(of, elements, seed); });
    std::vector<f32> values = reference.operands.values(name);
    values.resize(static_cast<std::size_t>(count));
    return values;
  }

  template <class T>
  Bounds bounds(typename Sample::template Args<f32> const& a) const {
    auto const columns = static_cast<std::size_t>(a.shape.columns);
    Bounds result = {{"dx", {}}, {"dgamma", std::vector<double>(columns)}, {"dbeta", std::vector<double>(columns)}};
    for (i64 row = 0; row < a.shape.rows && columns > 0; ++row) bound_row<T>(params_of(a), row, result);
    return result;
  }

 private:
  template <class T>
  static void bound_row(RowNormBackwardParams<f32> const& p, i64 row, Bounds& bounds) {
    i64 const columns = p.columns, offset = row * columns;
    f32 const *const x = p.x + offset, *const dy = p.dy + offset;
    bool const centred = p.mean != nullptr;
    double const d = chain(columns), mean = centred ? p.mean[row] : 0, r = p.rstd[row];
    auto const xhat = [&](i64 j) { return std::abs(x[j] - mean) * r; };
    auto const g = [&](i64 j) { return std::abs(static_cast<double>(p.gamma[j]) * dy[j]); };
    double mean_g = 0, mean_g_xhat = 0;
    for (i64 j = 0; j < columns; ++j) {
      if (centred) mean_g += g(j) / static_cast<double>(columns);
      mean_g_xhat += g(j) * xhat(j) / static_cast<double>(columns);
    }
    double const rows_chain = static_cast<double>(p.rows + 10);
    for (i64 j = 0; j < columns; ++j) {
      auto const column = static_cast<std::size_t>(j);
      double const terms = (d + 8) * u * (mean_g + xhat(j) * mean_g_xhat) + 5 * u * g(j);
      double const dsum = p.dsum == nullptr ? 0 : std::abs(p.dsum[offset + j]);
      bounds["dx"].push_back(1.1 * (r * terms + u * dsum) + (unit_roundoff<T> + u) * std::abs(p.dx[offset + j]) +
                             half_subnormal<T>);
      bounds["dgamma"][column] += 1.1 * (rows_chain + 5) * u * std::abs(dy[j]) * xhat(j);
      bounds["dbeta"][column] += 1.1 * rows_chain * u * std::abs(dy[j]);
    }
  }
};

/// Calls test(case) for all four passes.
template <class Test>
void for_each_row_norm(RowNormCase const& c, Test const& test) {
  using namespace bench;
  test(RowNormForwardCase<LayerNormForwardSample>(c));
  test(RowNormBackwardCase<LayerNormForwardSample, LayerNormBackwardSample>(c));
  test(RowNormForwardCase<RmsNormForwardSample>(c));
  test(RowNormBackwardCase<RmsNormForwardSample, RmsNormBackwardSample>(c));
}

}  // namespace heddle::testing
