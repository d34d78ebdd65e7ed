// The reference: one image and group after the other, sums in double precision.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/norm/group_norm_check.h"

namespace heddle::cpu {
namespace {

/// Calls work(image, group, first channel, end channel) for each image and group, in parallel.
template <class Work>
void for_each_group(GroupNormShape const& s, Work const& work) {
  i64 const width = s.channels / s.groups;
#pragma omp parallel for collapse(2)
  for (i64 image = 0; image < s.images; ++image)
    for (i64 group = 0; group < s.groups; ++group) work(image, group, group * width, (group + 1) * width);
}

/// Calls visit(element, channel) for the rows of an image and some channels.
template <class Visit>
void for_each_element(GroupNormShape const& s, i64 image, i64 begin, i64 end, Visit const& visit) {
  for (i64 row = 0; row < s.rows; ++row)
    for (i64 c = begin; c < end; ++c) visit((image * s.rows + row) * s.channels + c, c);
}

template <class Term>
double sum_of(GroupNormShape const& s, i64 image, i64 begin, i64 end, Term const& term) {
  double sum = 0;
  for_each_element(s, image, begin, end, [&](i64 at, i64 c) { sum += term(at, c); });
  return sum;
}

double inverse_count(GroupNormShape const& s) {
  return 1 / static_cast<double>(std::max<i64>(1, s.rows * s.channels / s.groups));
}

}  // namespace

template <class T>
void group_norm_forward(GroupNormForwardArgs<T> const& a, Stream) {
  check_arguments(a);
  GroupNormShape const& s = a.shape;
  double const share = inverse_count(s);
  for_each_group(s, [&](i64 image, i64 group, i64 begin, i64 end) {
    auto const x = [&](i64 at) { return static_cast<double>(f32(a.x[at])); };
    double mean = share * sum_of(s, image, begin, end, [&](i64 at, i64) { return x(at); });
    double const variance =
        share * sum_of(s, image, begin, end, [&](i64 at, i64) { return (x(at) - mean) * (x(at) - mean); });
    if (std::isnan(variance)) mean = variance;  // for an infinity too
    double const rstd = 1 / std::sqrt(variance + a.epsilon);
    a.mean[image * s.groups + group] = static_cast<f32>(mean);
    a.rstd[image * s.groups + group] = static_cast<f32>(rstd);
    with_activation(a.activation, [&](auto function, auto) {
      for_each_element(s, image, begin, end, [&](i64 at, i64 c) {
        a.y[at] = T(function(static_cast<f32>(a.gamma[c] * (x(at) - mean) * rstd + a.beta[c])));
      });
    });
  });
}

template <class T>
void group_norm_backward(GroupNormBackwardArgs<T> const& a, Stream) {
  check_arguments(a);
  GroupNormShape const& s = a.shape;
  double const share = inverse_count(s);
  std::vector<double> sums_g(static_cast<std::size_t>(s.images * s.channels)), sums_product(sums_g);
  with_activation(a.activation, [&](auto, auto gradient) {
    for_each_group(s, [&](i64 image, i64 group, i64 begin, i64 end) {
      double const mean = a.mean[image * s.groups + group], rstd = a.rstd[image * s.groups + group];
      auto const xhat = [&](i64 at) { return (f32(a.x[at]) - mean) * rstd; };
      auto const g = [&](i64 at, i64 c) {
        return static_cast<double>(gradient(static_cast<f32>(a.gamma[c] * xhat(at) + a.beta[c]), f32(a.dy[at])));
      };
      double of_g = 0, of_product = 0;
      for (i64 c = begin; c < end; ++c) {
        auto const i = static_cast<std::size_t>(image * s.channels + c);
        sums_g[i] = sum_of(s, image, c, c + 1, g);
        sums_product[i] = sum_of(s, image, c, c + 1, [&](i64 at, i64) { return g(at, c) * xhat(at); });
        of_g += a.gamma[c] * sums_g[i] * share;
        of_product += a.gamma[c] * sums_product[i] * share;
      }
      for_each_element(s, image, begin, end, [&](i64 at, i64 c) {
        a.dx[at] = T(static_cast<f32>(rstd * (a.gamma[c] * g(at, c) - of_g - xhat(at) * of_product)));
      });
    });
  });
  for (i64 c = 0; c < s.channels; ++c) {
    double dgamma = 0, dbeta = 0;
    for (i64 image = 0; image < s.images; ++image) {
      auto const i = static_cast<std::size_t>(image * s.channels + c);
      dgamma += sums_product[i];
      dbeta += sums_g[i];
    }
    a.dgamma[c] = static_cast<f32>(dgamma);
    a.dbeta[c] = static_cast<f32>(dbeta);
  }
}

HEDDLE_INSTANTIATE(group_norm_forward, GroupNormForwardArgs);
HEDDLE_INSTANTIATE(group_norm_backward, GroupNormBackwardArgs);

}  // namespace heddle::cpu
