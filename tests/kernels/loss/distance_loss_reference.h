// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
//
// Notation: u = 2^-24. First-order bounds, with a tenth added for the second order.
#pragma once

#include <cmath>
#include <concepts>

#include "bench/samples/distance_loss.h"
#include "tests/support/cases_distance_loss.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct DistanceLossPass : bench::DistanceLossSample {
  DistanceLossCase c;
  i64 offset = c.offset;

  explicit DistanceLossPass(DistanceLossCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.kind = c.kind,
            .rows = c.rows,
            .columns = c.columns,
            .centers = c.kind == DistanceLoss::center ? distance_loss_centers : 0,
            .margin = c.margin,
            .dloss = c.dloss};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return distance_loss_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    Bounds result = {{"loss", {}}, {"da", {}}, {"db", {}}, {"dc", {}}};
    for (i64 row = 0; row < a.rows; ++row) bound_row<T>(a, row, result);
    if (a.kind == DistanceLoss::center && a.db) bound_centers<T>(a, result);
    return result;
  }

 private:
  /// A difference is off by u of itself; of n of them, sums by n - 1 shares more at most; then the factor and T.
  template <class T>
  static void bound_centers(Args<f32> const& args, Bounds& bounds) {
    constexpr double u = 0x1p-24;
    constexpr double tiny = 4 * 0x1p-149 + (std::same_as<T, bf16> ? 0x1p-134 : half_subnormal<T>);
    for (i64 center = 0; center < args.centers; ++center)
      for (i64 j = 0; j < args.columns; ++j) {
        i64 const at = center * args.columns + j;
        double sizes = 0, count = 0;
        for (i64 row = 0; row < args.rows; ++row) {
          if (args.labels[row] != center) continue;
          sizes += std::abs(static_cast<double>(args.a[row * args.columns + j]) - args.b[at]);
          ++count;
        }
        bounds["db"].push_back(1.1 * (count + 2) * u * std::abs(args.dloss) * sizes +
                               unit_roundoff<T> * std::abs(args.db[at]) + tiny);
      }
  }

  template <class T>
  static void bound_row(Args<f32> const& args, i64 row, Bounds& bounds) {
    constexpr double u = 0x1p-24;
    constexpr double tiny = 4 * 0x1p-149 + (std::same_as<T, bf16> ? 0x1p-134 : half_subnormal<T>);
    bool const center = args.kind == DistanceLoss::center, triplet = args.kind == DistanceLoss::triplet;
    i64 const columns = args.columns, begin = row * columns;
    auto const from_b = [&](i64 j) {
      return static_cast<double>(args.a[begin + j]) - args.b[(center ? args.labels[row] * columns : begin) + j];
    };
    auto const from_c = [&](i64 j) { return triplet ? static_cast<double>(args.a[begin + j]) - args.c[begin + j] : 0; };
    double ab = 0, ac = 0;
    for (i64 j = 0; j < columns; ++j) {
      ab += from_b(j) * from_b(j);
      ac += from_c(j) * from_c(j);
    }
    ab = std::sqrt(ab);
    ac = std::sqrt(ac);
    // Squares and their sum are off by a share of (chain + 4) u, a distance by half of that and u more.
    double const share = (static_cast<double>(columns / 32 + 8 + 10) + 4) * u, of_distance = share / 2 + 2 * u;
    double loss = 0, of_b = 0, of_c = 0;  // what they are off by
    if (center || (args.kind == DistanceLoss::contrastive && args.labels[row] == 1)) {
      loss = (share + u) * ab * ab / 2;
    } else if (!triplet) {
      double const inside = std::max(0.0, args.margin - ab), error = of_distance * ab + u * inside;
      loss = inside * error + error * error + 2 * u * inside * inside;
      of_b = ab == 0 ? 0 : error / ab + inside / ab * (of_distance + 3 * u);
    } else {
      loss = (of_distance + 2 * u) * (ab + ac) + u * args.margin;
      of_b = ab == 0 ? 0 : (of_distance + 3 * u) / ab;
      of_c = ac == 0 ? 0 : (of_distance + 3 * u) / ac;
    }
    bounds["loss"].push_back(1.1 * loss + 2 * u * std::abs(args.loss[row]));
    auto const push = [&](char const* name, f32 const* gradient, double error, double terms, i64 j) {
      if (!gradient) return;
      double const size = std::abs(gradient[begin + j]);
      bounds[name].push_back(1.1 * std::abs(args.dloss) * (error + 4 * u * terms) + (unit_roundoff<T> + 4 * u) * size +
                             tiny);
    };
    for (i64 j = 0; j < columns; ++j) {
      double const error_b = of_b * std::abs(from_b(j)), error_c = of_c * std::abs(from_c(j));
      double const terms =
          triplet ? (ab == 0 ? 0 : std::abs(from_b(j)) / ab) + (ac == 0 ? 0 : std::abs(from_c(j)) / ac) : 0;
      push("da", args.da, error_b + error_c, terms, j);
      if (!center) push("db", args.db, error_b, 0, j);
      if (triplet) push("dc", args.dc, error_c, 0, j);
    }
  }
};

}  // namespace heddle::testing
