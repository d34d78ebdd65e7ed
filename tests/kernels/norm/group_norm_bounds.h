// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32. Notation:
// channel_norm_bounds.h.
#pragma once

#include "bench/samples/group_norm.h"
#include "kernels/norm/channel_strips.h"
#include "tests/kernels/norm/channel_norm_bounds.h"
#include "tests/support/cases_group_norm.h"

namespace heddle::testing {

/// A thread's rows, the block, the chunks, the channels of a group, the images.
inline double chain(GroupNormShape const& shape, i64 element_bytes) {
  ChannelStrips const s(shape.images, shape.rows, shape.channels, element_bytes);
  return static_cast<double>(ceil_div<i64>(s.chunk_rows, s.row_threads()) + 8 + ceil_div<i64>(s.chunks * s.fold, 32) +
                             5 + ceil_div<i64>(shape.channels / shape.groups, 32) + 5 +
                             ceil_div<i64>(shape.images, 32) + 5);
}

/// Calls visit(statistic, first channel, end channel, image) for each group.
template <class Visit>
void for_each_group(GroupNormShape const& s, Visit const& visit) {
  i64 const width = s.channels / s.groups;
  for (i64 image = 0; image < s.images; ++image)
    for (i64 group = 0; group < s.groups; ++group)
      visit(image * s.groups + group, group * width, (group + 1) * width, image);
}
/// Calls visit(element, channel) for the elements of one.
template <class Visit>
void for_each_element(GroupNormShape const& s, i64 image, i64 begin, i64 end, Visit const& visit) {
  for (i64 row = 0; row < s.rows; ++row)
    for (i64 channel = begin; channel < end; ++channel) visit((image * s.rows + row) * s.channels + channel, channel);
}

struct GroupNormForwardCase : ChannelNormCase<bench::GroupNormForwardSample, GroupNormCase> {
  using ChannelNormCase::ChannelNormCase;

  std::vector<f32> values(std::string_view name, i64 count, u64) const { return group_norm_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    GroupNormShape const& s = a.shape;
    Bounds result = {{"mean", {}}, {"rstd", {}}, {"y", std::vector<double>(static_cast<std::size_t>(s.elements()))}};
    double const d = chain(s, sizeof(T));
    for_each_group(s, [&](i64, i64 begin, i64 end, i64 image) {
      std::vector<double> of_group;
      for_each_element(s, image, begin, end, [&](i64 at, i64) { of_group.push_back(a.x[at]); });
      TrueStatistics const t(of_group);
      // Two steps of merging, where batch normalisation has one.
      double const mean_error = 2 * t.mean_error(d), rstd = 1 / std::sqrt(t.variance + a.epsilon);
      double const rstd_share = 2 * t.variance_error(d) / (t.variance + a.epsilon) + 5 * u;
      result["mean"].push_back(mean_error);
      result["rstd"].push_back(rstd_share * rstd);
      for_each_element(s, image, begin, end, [&](i64 at, i64 channel) {
        double const xhat = (a.x[at] - t.mean) * rstd, gamma = std::abs(a.gamma[channel]);
        double const terms = gamma * std::abs(xhat) + std::abs(a.beta[channel]);
        double const before =
            gamma * (rstd * (mean_error + u * t.largest) + std::abs(xhat) * rstd_share) + 6 * u * terms;
        result["y"][static_cast<std::size_t>(at)] = steepest * before + activation_error(terms) +
                                                    (unit_roundoff<T> + u) * std::abs(a.y[at]) + half_subnormal<T>;
      });
    });
    return result;
  }
};

struct GroupNormBackwardCase : ChannelNormCase<bench::GroupNormBackwardSample, GroupNormCase> {
  using ChannelNormCase::ChannelNormCase;

  /// mean and rstd are those of x.
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    if (name != "mean" && name != "rstd") return group_norm_values(c, name, count);
    GroupNormForwardCase const forward(c);
    Reference const reference(forward,
                              [&](auto of, i64 elements, u64 seed) { return forward.values(of, elements, seed); });
    return reference.operands.values(name);
  }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    GroupNormShape const& s = a.shape;
    auto const channels = static_cast<std::size_t>(s.channels);
    Bounds result = {{"dx", std::vector<double>(static_cast<std::size_t>(s.elements()))},
                     {"dgamma", std::vector<double>(channels)},
                     {"dbeta", std::vector<double>(channels)}};
    for_each_group(s, [&](i64 statistic, i64 begin, i64 end, i64 image) {
      bound_group<T>(a, statistic, begin, end, image, result);
    });
    return result;
  }

 private:
  template <class T>
  static void bound_group(Args<f32> const& a, i64 statistic, i64 begin, i64 end, i64 image, Bounds& bounds) {
    GroupNormShape const& s = a.shape;
    double const d = chain(s, sizeof(T)), mean = a.mean[statistic], rstd = a.rstd[statistic];
    double const count = std::max<double>(1, static_cast<double>(s.rows * (end - begin)));
    struct Element {
      double xhat, g, error;  // magnitudes
    };
    auto const element = [&](i64 at, i64 channel) {
      double const xhat = std::abs((a.x[at] - mean) * rstd), dy = std::abs(static_cast<double>(a.dy[at]));
      double const before = a.gamma[channel] * (a.x[at] - mean) * rstd + a.beta[channel];
      double const terms = std::abs(a.gamma[channel]) * xhat + std::abs(a.beta[channel]);
      double const g = a.activation == Activation::none ? dy : steepest * dy;  // at most
      double const error = a.activation == Activation::none ? 0
                           : a.activation == Activation::relu
                               ? (std::abs(before) <= 8 * u * terms ? dy : 0)
                               : dy * (steepest * 8 * u * terms + activation_error(terms));
      return Element{xhat, g, error};
    };
    double of_g = 0, of_product = 0, mean_g = 0, mean_product = 0;
    for_each_element(s, image, begin, end, [&](i64 at, i64 channel) {
      auto const [xhat, g, error] = element(at, channel);
      auto const i = static_cast<std::size_t>(channel);
      double const gamma = std::abs(a.gamma[channel]), g_error = error + 1.1 * (d + 2) * u * g;
      double const product_error = xhat * (error + 1.1 * (d + 8) * u * g);
      bounds["dbeta"][i] += g_error;
      bounds["dgamma"][i] += product_error;
      of_g += gamma * g_error / count;
      of_product += gamma * product_error / count;
      mean_g += gamma * g / count;
      mean_product += gamma * g * xhat / count;
    });
    for_each_element(s, image, begin, end, [&](i64 at, i64 channel) {
      auto const [xhat, g, error] = element(at, channel);
      double const gamma = std::abs(a.gamma[channel]), terms = gamma * g + mean_g + xhat * mean_product;
      bounds["dx"][static_cast<std::size_t>(at)] =
          1.1 * rstd * (gamma * error + of_g + xhat * of_product + 10 * u * terms) +
          (unit_roundoff<T> + u) * std::abs(a.dx[at]) + half_subnormal<T>;
    });
  }
};

}  // namespace heddle::testing
