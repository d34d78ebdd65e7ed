// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
//
// Notation: u = 2^-24. First-order bounds, with a tenth added for the second order.
#pragma once

#include <cmath>
#include <concepts>

#include "bench/samples/pair_loss.h"
#include "tests/support/cases_pair_loss.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct PairLossPass : bench::PairLossSample {
  PairLossCase c;
  i64 offset = c.offset;

  explicit PairLossPass(PairLossCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.options = c.options, .count = c.count, .scale = c.scale, .dloss = c.dloss, .workspace = {}};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return pair_loss_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    constexpr double tiny = 4 * 0x1p-149 + (std::same_as<T, bf16> ? 0x1p-134 : half_subnormal<T>);
    Bounds result = {{"loss", {}}, {"dx", {}}};
    // A thread adds every (blocks * 256)th pair; a block has at least 4096. Then 10 for the block, 20 for the blocks.
    double const chain = 16.0 + static_cast<double>(a.count) / (8 * 132 * 256) + 30;
    double sum_error = 0, scale = std::abs(static_cast<double>(c.dloss) * c.scale);
    for (i64 i = 0; i < a.count; ++i) {
      Errors const e = errors(a.options, a.x[i], a.target[i]);
      sum_error += 1.1 * (e.loss + chain * u * e.size);
      if (a.dx) result["dx"].push_back(1.1 * scale * e.slope + (unit_roundoff<T> + 2 * u) * std::abs(a.dx[i]) + tiny);
    }
    result["loss"].push_back(c.scale * sum_error + 2 * u * std::abs(*a.loss));
    return result;
  }

 private:
  static constexpr double u = 0x1p-24;

  struct Errors {
    double size, loss, slope;  // the loss, and what it and its derivative are off by
  };

  static Errors errors(PairLossOptions const& options, double x, double t) {
    double const d = std::abs(x - t);
    if (options.kind == PairLoss::squared) return {d * d, 4 * u * d * d, 3 * u * d};
    if (options.kind == PairLoss::absolute) return {d, u * d, 0};
    if (options.kind == PairLoss::huber) return {d * (d + options.delta), 4 * u * d * (d + options.delta), 3 * u * d};
    // exp(-|x|) is off by a share of (2 |x| + 4) u, and so p by 4 u more; the entropy has terms of |x| and log(2).
    double const e = std::exp(-std::abs(x)), p = (x >= 0 ? 1 : e) / (1 + e), not_p = (x >= 0 ? e : 1) / (1 + e);
    double const share = (2 * std::abs(x) + 12) * u, entropy = std::max(x, 0.0) - x * t + std::log1p(e);
    double const entropy_error = 4 * u * (std::abs(x) * (1 + t) + 1) + share * e, slope = p * (1 - t) + not_p * t;
    if (options.kind == PairLoss::binary_cross_entropy) return {entropy, entropy_error, share * slope};
    // log2 is off by 2^-22, near 1 absolutely, and its product with gamma by a share of u more.
    double const wrong = p * (1 - t) + not_p * t, balance = options.alpha * t + (1 - options.alpha) * (1 - t);
    double const factor = balance * std::pow(wrong, options.gamma);
    double const factor_share = options.gamma * (share + 6 * u * (1 + std::abs(std::log2(wrong)))) + 10 * u;
    double const growth = options.gamma * p * not_p * std::abs(1 - 2 * t) / wrong;
    return {factor * entropy, factor * (factor_share * entropy + entropy_error),
            factor * ((growth * entropy + slope) * (factor_share + 3 * share) + growth * entropy_error)};
  }
};

}  // namespace heddle::testing
