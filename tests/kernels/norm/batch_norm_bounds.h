// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32. Notation:
// channel_norm_bounds.h.
#pragma once

#include "bench/samples/batch_norm.h"
#include "kernels/norm/channel_strips.h"
#include "tests/kernels/norm/channel_norm_bounds.h"
#include "tests/support/cases_batch_norm.h"

namespace heddle::testing {

/// A thread's rows one after the other, then pairwise over the block; the chunks likewise.
inline double chain(BatchNormShape const& shape, i64 element_bytes) {
  ChannelStrips const s(1, shape.rows, shape.channels, element_bytes);
  return static_cast<double>(ceil_div<i64>(s.chunk_rows, s.row_threads()) + 8 + ceil_div<i64>(s.chunks * s.fold, 32) +
                             5);
}

/// y for given statistics that may be off.
template <class T, class Args>
double y_bound(Args const& a, i64 at, i64 channel, double mean, double rstd, double mean_error, double rstd_share) {
  double const xhat = (a.x[at] - mean) * rstd, gamma = a.gamma[channel];
  double const added = a.residual ? a.residual[at] : 0, y = a.y[at];
  double const terms = std::abs(gamma * xhat) + std::abs(a.beta[channel]) + std::abs(added);
  double const before = std::abs(gamma) * (rstd * mean_error + std::abs(xhat) * rstd_share) + 6 * u * terms;
  bool const exact = a.activation == Activation::none || a.activation == Activation::relu;
  return (exact ? before : steepest * before + activation_error(terms)) + (unit_roundoff<T> + u) * std::abs(y) +
         half_subnormal<T>;
}

struct BatchNormTrainingCase : ChannelNormCase<bench::BatchNormTrainingSample<false>, BatchNormCase> {
  using ChannelNormCase::ChannelNormCase;

  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    bool const fused = c.residual && c.activation == Activation::relu;
    if ((name == "residual" && !c.residual) || (name == "positive" && !fused)) return {};
    return batch_norm_values(c, name, count);
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    auto const [rows, channels] = a.shape;
    Bounds result = {{"mean", {}},
                     {"rstd", {}},
                     {"running_mean", {}},
                     {"running_variance", {}},
                     {"y", std::vector<double>(static_cast<std::size_t>(a.shape.elements()))}};
    double const d = chain(a.shape, sizeof(T)), unbiased = static_cast<double>(rows) / std::max<double>(1, rows - 1);
    for (i64 channel = 0; channel < channels; ++channel) {
      std::vector<double> of_channel;
      for (i64 row = 0; row < rows; ++row) of_channel.push_back(a.x[row * channels + channel]);
      TrueStatistics const s(of_channel);
      double const mean_error = s.mean_error(d), variance_error = s.variance_error(d);
      double const rstd = 1 / std::sqrt(s.variance + a.epsilon);
      double const rstd_share = variance_error / (s.variance + a.epsilon) + 5 * u;
      result["mean"].push_back(mean_error);
      result["rstd"].push_back(rstd_share * rstd);
      result["running_mean"].push_back(mean_error + 4 * u * (1 + s.largest));
      result["running_variance"].push_back(unbiased * variance_error + 6 * u * (2 + unbiased * s.variance));
      for (i64 row = 0; row < rows; ++row) {
        i64 const at = row * channels + channel;
        result["y"][static_cast<std::size_t>(at)] =
            y_bound<T>(a, at, channel, s.mean, rstd, mean_error + u * s.largest, rstd_share);
      }
    }
    return result;
  }
};

struct BatchNormInferenceCase : ChannelNormCase<bench::BatchNormInferenceSample<false>, BatchNormCase> {
  using ChannelNormCase::ChannelNormCase;

  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    if (name == "residual" && !c.residual) return {};
    return batch_norm_values(c, name, count);
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    Bounds result = {{"y", {}}};
    for (i64 at = 0; at < a.shape.elements(); ++at) {
      i64 const channel = at % a.shape.channels;
      double const rstd = 1 / std::sqrt(static_cast<double>(a.running_variance[channel]) + a.epsilon);
      result["y"].push_back(y_bound<T>(a, at, channel, a.running_mean[channel], rstd, 0, 5 * u));
    }
    return result;
  }
};

struct BatchNormBackwardCase : ChannelNormCase<bench::BatchNormBackwardSample<false>, BatchNormCase> {
  using ChannelNormCase::ChannelNormCase;

  /// mean, rstd and the bits are those of the training pass.
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    bool const bits = c.residual && c.activation == Activation::relu;
    if ((name == "residual" && (!c.residual || bits)) || (name == "positive" && !bits)) return {};
    if (name == "dresidual") return std::vector<f32>(static_cast<std::size_t>(c.residual ? count : 0));
    if (name != "mean" && name != "rstd" && name != "positive") return batch_norm_values(c, name, count);
    BatchNormTrainingCase const training(c);
    Reference const reference(training,
                              [&](auto of, i64 elements, u64 seed) { return training.values(of, elements, seed); });
    return reference.operands.values(name);
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    auto const elements = static_cast<std::size_t>(a.shape.elements());
    Bounds result = {{"dgamma", {}}, {"dbeta", {}}, {"dx", std::vector<double>(elements)}, {"dresidual", {}}};
    if (a.dresidual) result["dresidual"].resize(elements);
    for (i64 channel = 0; channel < a.shape.channels; ++channel) bound_channel<T>(a, channel, result);
    return result;
  }

 private:
  /// What an f32 implementation that stores g in T may be off in it.
  template <class T>
  static double g_error(Args<f32> const& a, i64 at, double xhat, double g) {
    double const rounded = a.dresidual ? unit_roundoff<T> * std::abs(g) + half_subnormal<T> : 0;
    if (a.activation == Activation::none || a.positive) return rounded;
    i64 const channel = at % a.shape.channels;
    double const added = a.residual ? a.residual[at] : 0;
    double const before = a.gamma[channel] * xhat + a.beta[channel] + added;
    double const terms = std::abs(a.gamma[channel] * xhat) + std::abs(a.beta[channel]) + std::abs(added);
    double const before_error = 8 * u * terms, dy = std::abs(a.dy[at]);
    if (a.activation == Activation::relu) return rounded + (std::abs(before) <= before_error ? dy : 0);
    return rounded + dy * (steepest * before_error + activation_error(terms));
  }

  template <class T>
  static void bound_channel(Args<f32> const& a, i64 channel, Bounds& bounds) {
    auto const [rows, channels] = a.shape;
    double const d = chain(a.shape, sizeof(T)), mean = a.mean[channel], rstd = a.rstd[channel];
    double const scale = std::abs(a.gamma[channel] * rstd), n = std::max<double>(1, static_cast<double>(rows));
    auto const xhat_at = [&](i64 at) { return (a.x[at] - mean) * rstd; };
    // g is dx without its two means.
    auto const g_at = [&](i64 at) {
      return a.dx[at] / (a.gamma[channel] * rstd) + (a.dbeta[channel] + xhat_at(at) * a.dgamma[channel]) / n;
    };
    double of_g = 0, of_product = 0;
    for (i64 at = channel; at < a.shape.elements(); at += channels) {
      double const error = g_error<T>(a, at, xhat_at(at), g_at(at)), g = std::abs(g_at(at)) + error;
      of_g += error + 1.1 * (d + 1) * u * g;
      of_product += std::abs(xhat_at(at)) * (error + 1.1 * (d + 6) * u * g);
    }
    bounds["dbeta"].push_back(of_g + u * std::abs(a.dbeta[channel]));
    bounds["dgamma"].push_back(of_product + 2 * u * std::abs(a.dgamma[channel]));
    for (i64 at = channel; at < a.shape.elements(); at += channels) {
      auto const i = static_cast<std::size_t>(at);
      double const xhat = std::abs(xhat_at(at)), g = g_at(at), error = g_error<T>(a, at, xhat_at(at), g);
      double const means = (of_g + xhat * of_product) / n;
      double const terms = std::abs(g) + (std::abs(a.dbeta[channel]) + xhat * std::abs(a.dgamma[channel])) / n;
      bounds["dx"][i] = 1.1 * scale * (error + means + 10 * u * terms) + (unit_roundoff<T> + u) * std::abs(a.dx[at]) +
                        half_subnormal<T>;
      if (a.dresidual) bounds["dresidual"][i] = error + 2 * u * std::abs(g);
    }
  }
};

}  // namespace heddle::testing
