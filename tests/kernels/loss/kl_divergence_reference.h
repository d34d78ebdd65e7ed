// The cases as operation_test.h wants them, with the bounds that a kernel must keep that computes in f32.
//
// Notation: u = 2^-24; d = z - highest. First-order bounds, with a tenth added for the second order.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

#include "bench/samples/kl_divergence.h"
#include "tests/support/cases_kl_divergence.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct KlDivergencePass : bench::KlDivergenceSample {
  KlDivergenceCase c;
  i64 offset = c.offset;

  explicit KlDivergencePass(KlDivergenceCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.rows = c.rows, .classes = c.classes, .temperature = c.temperature, .dloss = c.dloss};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const { return kl_divergence_values(c, name, count); }

  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    constexpr double tiny = 4 * 0x1p-149 + (std::same_as<T, bf16> ? 0x1p-134 : half_subnormal<T>);
    Bounds result = {{"loss", {}}, {"dstudent", {}}};
    double const chain = static_cast<double>(a.classes / 32 + 8 + 10), temperature = a.temperature;
    for (i64 row = 0; row < a.rows; ++row) {
      Softmax const student(a.student + row * a.classes, a), teacher(a.teacher + row * a.classes, a);
      double loss = student.sum_share + teacher.sum_share + 4 * u * (std::log(student.sum) + std::log(teacher.sum) + 1);
      for (i64 j = 0; j < a.classes; ++j) {
        double const p = teacher.probability(j);
        if (p == 0) continue;
        double const size = std::abs(teacher.d(j) - student.d(j));
        loss +=
            p * (size * (teacher.share(j) + teacher.sum_share + (chain + 4) * u) + student.error(j) + teacher.error(j));
      }
      result["loss"].push_back(1.1 * temperature * temperature * loss + 4 * u * std::abs(a.loss[row]));
      for (i64 j = 0; a.dstudent && j < a.classes; ++j) {
        double const error = student.probability(j) * (student.share(j) + student.sum_share + 6 * u) +
                             teacher.probability(j) * (teacher.share(j) + teacher.sum_share + 6 * u);
        result["dstudent"].push_back(1.1 * std::abs(a.dloss) * temperature * error + tiny +
                                     (unit_roundoff<T> + 2 * u) * std::abs(a.dstudent[row * a.classes + j]));
      }
    }
    return result;
  }

 private:
  static constexpr double u = 0x1p-24;

  /// One row, and by what shares its exponentials and their sum are off.
  struct Softmax {
    f32 const* x;
    double temperature, highest, magnitude = 0, sum = 0, sum_share = 0;

    Softmax(f32 const* row, Args<f32> const& a)
        : x(row), temperature(a.temperature), highest(*std::max_element(row, row + a.classes) / temperature) {
      for (i64 j = 0; j < a.classes; ++j)
        if (std::isfinite(x[j])) magnitude = std::max(magnitude, std::abs(x[j]) / temperature);
      for (i64 j = 0; j < a.classes; ++j) {
        if (!std::isfinite(x[j])) continue;
        sum += std::exp(d(j));
        sum_share += std::exp(d(j)) * share(j);
      }
      sum_share = sum_share / sum + 2 * static_cast<double>(a.classes / 32 + 8 + 10) * u;
    }
    double d(i64 j) const { return x[j] / temperature - highest; }
    double probability(i64 j) const { return std::exp(d(j)) / sum; }
    /// z and highest are off by a share of 2 u, and d is rounded.
    double error(i64 j) const { return (4 * magnitude + std::abs(d(j))) * u; }
    /// exp(x) is off by a share of (2 |x| + 4) u; online, the sums are scaled by exponentials whose exponents add up to
    /// d.
    double share(i64 j) const { return std::isfinite(x[j]) ? error(j) + (4 * std::abs(d(j)) + 4) * u : 0; }
  };
};

}  // namespace heddle::testing
