// The reference: logarithms of probabilities in double precision.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/loss/kl_divergence.h"
#include "kernels/loss/kl_divergence_check.h"

namespace heddle::cpu {
namespace {

template <class T>
std::vector<double> log_softmax(T const* x, i64 classes, double temperature) {
  std::vector<double> z;
  for (i64 j = 0; j < classes; ++j) z.push_back(f32(x[j]) / temperature);
  double const highest = *std::max_element(z.begin(), z.end());
  double sum = 0;
  for (double const score : z) sum += std::exp(score - highest);
  for (double& score : z) score -= highest + std::log(sum);
  return z;
}

}  // namespace

template <class T>
void kl_divergence(KlDivergenceArgs<T> const& a, Stream) {
  check_arguments(a);
  double const temperature = a.temperature;
#pragma omp parallel for schedule(static)
  for (i64 row = 0; row < a.rows; ++row) {
    std::vector<double> const log_q = log_softmax(a.student + row * a.classes, a.classes, temperature);
    std::vector<double> const log_p = log_softmax(a.teacher + row * a.classes, a.classes, temperature);
    double loss = 0;
    for (std::size_t j = 0; j < log_p.size(); ++j) {
      double const p = std::exp(log_p[j]);
      if (p != 0) loss += p * (log_p[j] - log_q[j]);
      if (a.dstudent)
        a.dstudent[row * a.classes + static_cast<i64>(j)] =
            T(static_cast<f32>(a.dloss * temperature * (std::exp(log_q[j]) - p)));
    }
    a.loss[row] = static_cast<f32>(temperature * temperature * loss);
  }
}

HEDDLE_INSTANTIATE(kl_divergence, KlDivergenceArgs);

}  // namespace heddle::cpu
