// Batch normalisation by its formulas in double precision, with bounds on what f32 may be off.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/norm/batch_norm.h"

namespace heddle::testing {

inline constexpr double u = 0x1p-24;
// An f32 sum runs over at most this many rows; each term has two roundings of its own.
inline constexpr double row_errors = 64 + 2;

/// Of one channel: the statistics of x, and how far an f32 implementation may be off.
struct ChannelStatistics {
  double mean = 0, variance = 0;
  double mean_error = 0, variance_error = 0;

  ChannelStatistics(BatchNormShape const& shape, std::vector<f32> const& x, i64 channel) {
    auto const rows = static_cast<double>(std::max<i64>(shape.rows, 1));
    auto const at = [&](i64 row) {
      return static_cast<double>(x[static_cast<std::size_t>(row * shape.channels + channel)]);
    };
    for (i64 row = 0; row < shape.rows; ++row) mean += at(row) / rows;
    double low = mean, high = mean;
    for (i64 row = 0; row < shape.rows; ++row) {
      variance += (at(row) - mean) * (at(row) - mean) / rows;
      low = std::min(low, at(row));
      high = std::max(high, at(row));
    }
    // Deviations from a shift that is a mean of x in f32 are at most this large. The mean is the shift plus a mean of
    // deviations d; the variance comes from sum d^2 (error row_errors u n d^2) and the square of sum d (twice that).
    double const largest = high - low + row_errors * u * std::abs(mean);
    mean_error = row_errors * u * largest;
    variance_error = 3 * row_errors * u * largest * largest;
  }

  double rstd(double epsilon) const { return 1 / std::sqrt(variance + epsilon); }
  /// |d rstd| / rstd <= d variance / (2 (variance + epsilon)), to first order; doubled for the rest, and f32 rounding.
  double rstd_relative_error(double epsilon) const { return variance_error / (variance + epsilon) + 2 * u; }
};

/// Of one channel, for given statistics that may themselves be off: the backward pass and its bounds.
struct ChannelGradients {
  double dgamma = 0, dbeta = 0;
  double dgamma_error = 0, dbeta_error = 0;
  std::vector<double> dx, dx_error;

  /// `xhat_error` bounds the error that wrong statistics leave in (x - mean) * rstd.
  ChannelGradients(BatchNormShape const& shape, std::vector<f32> const& x, std::vector<f32> const& dy, double gamma,
                   double mean, double rstd, double mean_error, double rstd_relative_error, i64 channel) {
    auto const rows = static_cast<double>(std::max<i64>(shape.rows, 1));
    auto const index = [&](i64 row) { return static_cast<std::size_t>(row * shape.channels + channel); };
    auto const xhat = [&](i64 row) { return (x[index(row)] - mean) * rstd; };
    auto const xhat_error = [&](i64 row) {
      return rstd * mean_error + std::abs(xhat(row)) * (rstd_relative_error + 3 * u);
    };
    double dbeta_size = 0, dgamma_size = 0;
    for (i64 row = 0; row < shape.rows; ++row) {
      double const g = dy[index(row)];
      dbeta += g;
      dgamma += g * xhat(row);
      dbeta_size += std::abs(g);
      dgamma_size += std::abs(g * xhat(row));
      dgamma_error += std::abs(g) * xhat_error(row);
    }
    dbeta_error = row_errors * u * dbeta_size + u * std::abs(dbeta);
    dgamma_error += row_errors * u * dgamma_size + 3 * u * std::abs(dgamma);
    for (i64 row = 0; row < shape.rows; ++row) {
      double const g = dy[index(row)], scale = std::abs(gamma * rstd);
      dx.push_back(gamma * rstd * (g - dbeta / rows - xhat(row) * dgamma / rows));
      double const size = std::abs(g) + std::abs(dbeta / rows) + std::abs(xhat(row) * dgamma / rows);
      dx_error.push_back(scale *
                         ((rstd_relative_error + 8 * u) * size + dbeta_error / rows +
                          xhat_error(row) * std::abs(dgamma) / rows + std::abs(xhat(row)) * dgamma_error / rows));
    }
  }
};

}  // namespace heddle::testing
