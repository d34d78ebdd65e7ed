// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
//
// Notation: u = 2^-24. First-order bounds, with a tenth added for the second order.
#pragma once

#include <cmath>
#include <concepts>

#include "bench/samples/dice_loss.h"
#include "kernels/loss/dice_loss_check.h"
#include "tests/support/cases_dice_loss.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct DicePrediction {
  double p, slope, share;  // what both are off by, relative to themselves
};

/// exp(-|x|) is off by a share of (2 |x| + 4) u, and so p and its slope by 8 u more.
inline DicePrediction dice_prediction(DiceOptions const& options, double x) {
  if (!options.logits) return {x, 1, 0};
  double const e = std::exp(-std::abs(x)), p = (x >= 0 ? 1 : e) / (1 + e);
  return {p, e / ((1 + e) * (1 + e)), (2 * std::abs(x) + 12) * 0x1p-24};
}

struct DiceLossForwardPass : bench::DiceLossForwardSample {
  DiceLossCase c;
  i64 offset = c.offset;

  explicit DiceLossForwardPass(DiceLossCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.options = c.options, .rows = c.rows, .elements = c.elements};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return dice_loss_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    constexpr double u = 0x1p-24;
    // A thread adds every 256th access of up to 8 elements; then 13 for the block, and a 32nd of the chunks and 5.
    DicePlan const plan = plan_dice_loss(a.rows, a.elements);
    double const chain =
        static_cast<double>(plan.chunk_elements) / 256 + 8 + 13 + static_cast<double>(plan.chunks) / 32 + 6;
    Bounds result = {{"loss", {}}, {"sums", {}}};
    for (i64 row = 0; row < a.rows; ++row) {
      double products = 0, sums = 0, of_products = 0, of_sums = 0;
      for (i64 i = row * a.elements; i < (row + 1) * a.elements; ++i) {
        auto const [p, slope, share] = dice_prediction(a.options, a.x[i]);
        double const t = a.target[i];
        products += p * t;
        sums += p + t;
        of_products += (share + u) * p * t;
        of_sums += share * p;
      }
      double const n = 2 * products + a.options.smoothing, d = sums + a.options.smoothing;
      double const of_n = 2 * of_products + (chain + 1) * u * n, of_d = of_sums + (chain + 2) * u * d;
      double const of_loss = d == 0 ? 0 : (of_n + of_d) / d + std::abs(d - n) / d * of_d / d + 3 * u * (n + d) / d;
      result["loss"].push_back(1.1 * of_loss);
      result["sums"].push_back(1.1 * of_n + u * n);
      result["sums"].push_back(1.1 * of_d + u * d);
    }
    return result;
  }
};

struct DiceLossBackwardPass : bench::DiceLossBackwardSample {
  DiceLossCase c;
  i64 offset = c.offset;

  explicit DiceLossBackwardPass(DiceLossCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.options = c.options, .rows = c.rows, .elements = c.elements, .dloss = c.dloss};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return dice_loss_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    constexpr double u = 0x1p-24;
    constexpr double tiny = 4 * 0x1p-149 + (std::same_as<T, bf16> ? 0x1p-134 : half_subnormal<T>);
    Bounds result = {{"dx", {}}};
    for (i64 i = 0; i < a.rows * a.elements; ++i) {
      double const n = a.sums[i / a.elements * 2], d = a.sums[i / a.elements * 2 + 1];
      auto const [p, slope, share] = dice_prediction(a.options, a.x[i]);
      double const terms = std::abs(a.dloss) * (n / d + 2 * static_cast<double>(a.target[i])) / d * slope;
      result["dx"].push_back(1.1 * (share + 7 * u) * terms + (unit_roundoff<T> + u) * std::abs(a.dx[i]) + tiny);
    }
    return result;
  }
};

}  // namespace heddle::testing
