// The reference: in double precision, the sum by chunks in their order.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/loss/pair_loss.h"
#include "kernels/loss/pair_loss_check.h"

namespace heddle {

std::size_t pair_loss_workspace_bytes(i64 count) {
  return static_cast<std::size_t>(pair_loss_blocks(count)) * sizeof(f32);
}

namespace cpu {
namespace {

struct LossAndSlope {
  double loss, slope;
};

LossAndSlope binary_cross_entropy(double x, double t) {
  double const e = std::exp(-std::abs(x)), p = (x >= 0 ? 1 : e) / (1 + e), not_p = (x >= 0 ? e : 1) / (1 + e);
  return {std::max(x, 0.0) - x * t + std::log1p(e), p * (1 - t) - not_p * t};
}

LossAndSlope focal(double x, double t, double gamma, double alpha) {
  double const e = std::exp(-std::abs(x)), p = (x >= 0 ? 1 : e) / (1 + e), not_p = (x >= 0 ? e : 1) / (1 + e);
  auto const [entropy, slope] = binary_cross_entropy(x, t);
  double const wrong = p * (1 - t) + not_p * t;
  double const factor = (alpha * t + (1 - alpha) * (1 - t)) * std::pow(wrong, gamma);
  double const growth = wrong > 0 ? gamma * p * not_p * (1 - 2 * t) / wrong : 0;  // of log(wrong^gamma)
  return {factor * entropy, factor * (growth * entropy + slope)};
}

LossAndSlope of_pair(PairLossOptions const& options, double x, double t) {
  double const d = x - t, size = std::abs(d), sign = d > 0 ? 1 : d < 0 ? -1 : d, delta = options.delta;
  switch (options.kind) {
    case PairLoss::squared:
      return {d * d, 2 * d};
    case PairLoss::absolute:
      return {size, sign};
    case PairLoss::huber:
      return size <= delta ? LossAndSlope{d * d / 2, d} : LossAndSlope{delta * (size - delta / 2), delta * sign};
    case PairLoss::binary_cross_entropy:
      return binary_cross_entropy(x, t);
    case PairLoss::focal:
      return focal(x, t, options.gamma, options.alpha);
  }
  return {};
}

}  // namespace

template <class T>
void pair_loss(PairLossArgs<T> const& a, Stream) {
  check_arguments(a);
  constexpr i64 chunk = 4096;
  i64 const chunks = ceil_div(a.count, chunk);
  std::vector<double> sums(static_cast<std::size_t>(chunks));
#pragma omp parallel for schedule(static)
  for (i64 c = 0; c < chunks; ++c) {
    double sum = 0;
    for (i64 i = c * chunk; i < std::min(a.count, (c + 1) * chunk); ++i) {
      auto const [loss, slope] = of_pair(a.options, f32(a.x[i]), f32(a.target[i]));
      sum += loss;
      if (a.dx) a.dx[i] = T(static_cast<f32>(static_cast<double>(a.dloss) * a.scale * slope));
    }
    sums[static_cast<std::size_t>(c)] = sum;
  }
  *a.loss = static_cast<f32>(a.scale * std::accumulate(sums.begin(), sums.end(), 0.0));
}

HEDDLE_INSTANTIATE(pair_loss, PairLossArgs);

}  // namespace cpu
}  // namespace heddle
