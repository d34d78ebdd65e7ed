// Results of the CPU for a case, with the bounds that a kernel must keep that computes in f32.
//
// Notation: u = 2^-24; d = the longest chain of additions of one sum over a row; A = mean |x| of the row.
// Sums, products and differences each round by u. First-order bounds (Higham, "Accuracy and stability of numerical
// algorithms", 3.1), with a tenth added for the second order.
#pragma once

#include <cmath>
#include <type_traits>

#include "tests/support/cases_layer_norm.h"
#include "tests/support/compare.h"

namespace heddle::testing {

struct Bounded {
  std::vector<f32> value;
  std::vector<double> bound;

  explicit Bounded(i64 count) : value(static_cast<std::size_t>(count)), bound(value.size()) {}
  template <class T>
  ::testing::AssertionResult matches(std::vector<T> const& actual) const {
    return within(actual, value, [this](std::size_t i, double) { return bound[i]; });
  }
};

inline constexpr double u = 0x1p-24;

/// Half the smallest subnormal of T: what rounding adds below its normal range.
template <class T>
inline constexpr double half_subnormal = std::is_same_v<T, f16> ? 0x1p-25 : 0;

/// No kernel gives a row to fewer than 32 threads; 10 additions then bring the threads' sums together.
inline double chain(i64 columns) { return static_cast<double>(columns / 32 + 8 + 10); }

template <class T>
struct LayerNormForwardReference {
  Bounded y, mean, rstd;

  LayerNormForwardReference(LayerNormCase const& c, LayerNormInputs<T> const& in)
      : y(c.shape.rows * c.shape.columns), mean(c.shape.rows), rstd(c.shape.rows) {
    std::vector<f32> const x = as_f32(in.x);
    LayerNormForwardArgs<f32> const a = {.shape = c.shape,
                                         .x = x.data(),
                                         .gamma = in.gamma.data(),
                                         .beta = in.beta.data(),
                                         .y = y.value.data(),
                                         .mean = mean.value.data(),
                                         .rstd = rstd.value.data()};
    cpu::layer_norm_forward(a, {});
    for (i64 row = 0; row < c.shape.rows; ++row) bound_row(a, row);
  }

 private:
  void bound_row(LayerNormForwardArgs<f32> const& a, i64 row) {
    i64 const columns = a.shape.columns;
    f32 const* const x = a.x + row * columns;
    double sum = 0;
    for (i64 j = 0; j < columns; ++j) sum += std::abs(static_cast<double>(x[j]));
    double const d = chain(columns), r = a.rstd[row];
    double const mean_error = columns == 0 ? 0 : 1.1 * (d + 2) * u * sum / static_cast<double>(columns);
    // sum (x - m')^2 = sum (x - m)^2 + columns * (m' - m)^2; rsqrtf is within 2 units in the last place.
    double const rstd_share = 1.1 * (((d + 5) * u + std::pow(mean_error * r, 2)) / 2 + 5 * u);
    auto const i = static_cast<std::size_t>(row);
    mean.bound[i] = mean_error + u * std::abs(mean.value[i]);
    rstd.bound[i] = (rstd_share + u) * r;
    for (i64 j = 0; j < columns; ++j) {
      double const xhat = std::abs(x[j] - static_cast<double>(a.mean[row])) * r;
      double const value = std::abs(a.y[row * columns + j]);
      y.bound[static_cast<std::size_t>(row * columns + j)] =
          1.1 * std::abs(a.gamma[j]) * (r * mean_error + xhat * (rstd_share + 4 * u)) + 3 * u * value +
          (unit_roundoff<T> + u) * value + half_subnormal<T>;
    }
  }
};

template <class T>
struct LayerNormBackwardReference {
  Bounded dx, dgamma, dbeta;
  std::vector<f32> mean, rstd;

  LayerNormBackwardReference(LayerNormCase const& c, LayerNormInputs<T> const& in)
      : dx(c.shape.rows * c.shape.columns), dgamma(c.shape.columns), dbeta(c.shape.columns) {
    LayerNormForwardReference<T> const forward(c, in);
    mean = forward.mean.value;
    rstd = forward.rstd.value;
    std::vector<f32> const x = as_f32(in.x), dy = as_f32(in.dy);
    LayerNormBackwardArgs<f32> const a = {.shape = c.shape,
                                          .x = x.data(),
                                          .dy = dy.data(),
                                          .gamma = in.gamma.data(),
                                          .mean = mean.data(),
                                          .rstd = rstd.data(),
                                          .dx = dx.value.data(),
                                          .dgamma = dgamma.value.data(),
                                          .dbeta = dbeta.value.data(),
                                          .workspace = {}};
    cpu::layer_norm_backward(a, {});
    for (i64 row = 0; row < c.shape.rows; ++row) bound_row(a, row);
  }

 private:
  void bound_row(LayerNormBackwardArgs<f32> const& a, i64 row) {
    i64 const columns = a.shape.columns;
    f32 const *const x = a.x + row * columns, *const dy = a.dy + row * columns;
    double const d = chain(columns), r = a.rstd[row];
    auto const xhat = [&](i64 j) { return std::abs(x[j] - static_cast<double>(a.mean[row])) * r; };
    auto const g = [&](i64 j) { return std::abs(static_cast<double>(a.gamma[j]) * dy[j]); };
    double mean_g = 0, mean_g_xhat = 0;
    for (i64 j = 0; j < columns; ++j) {
      mean_g += g(j) / static_cast<double>(columns);
      mean_g_xhat += g(j) * xhat(j) / static_cast<double>(columns);
    }
    double const rows_chain = static_cast<double>(a.shape.rows + 10);
    for (i64 j = 0; j < columns; ++j) {
      auto const i = static_cast<std::size_t>(row * columns + j), column = static_cast<std::size_t>(j);
      double const terms = (d + 8) * u * (mean_g + xhat(j) * mean_g_xhat) + 5 * u * g(j);
      dx.bound[i] = 1.1 * r * terms + (unit_roundoff<T> + u) * std::abs(dx.value[i]) + half_subnormal<T>;
      dgamma.bound[column] += 1.1 * (rows_chain + 5) * u * std::abs(dy[j]) * xhat(j);
      dbeta.bound[column] += 1.1 * rows_chain * u * std::abs(dy[j]);
    }
  }
};

}  // namespace heddle::testing
