#include <cmath>

#include "kernels/core/arguments.h"
#include "kernels/optimizer/adamw.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;  // fixed, so that an element meets the same instructions whatever the number of threads
constexpr i64 parallel_from = 4 * chunk;

f32 one_minus_power(f32 base, i64 exponent) {
  return static_cast<f32>(1 - std::pow(static_cast<double>(base), static_cast<double>(exponent)));
}

}  // namespace

void adamw(AdamWArgs<f32> const& args, Stream) {
  check(args.step >= 1, "[adamw] step counts from 1: step=", args.step);
  check_sizes("adamw", {{"count", args.count}});
  check_pointer("adamw", "gradient", args.gradient, args.count);
  check_pointer("adamw", "parameter", args.parameter, args.count);
  check_pointer("adamw", "first_moment", args.first_moment, args.count);
  check_pointer("adamw", "second_moment", args.second_moment, args.count);
  AdamWArgs<f32> const p = args;
  f32 const rest1 = one_minus_power(p.beta1, 1), rest2 = one_minus_power(p.beta2, 1);
  f32 const step_size = p.learning_rate / one_minus_power(p.beta1, p.step);
  f32 const inverse_correction = 1 / std::sqrt(one_minus_power(p.beta2, p.step));
  f32 const keep = 1 - p.learning_rate * p.weight_decay;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) {
    f32 const g = p.gradient[i];
    f32 const m = p.beta1 * p.first_moment[i] + rest1 * g;
    f32 const v = p.beta2 * p.second_moment[i] + rest2 * g * g;
    p.first_moment[i] = m;
    p.second_moment[i] = v;
    p.parameter[i] = keep * p.parameter[i] - step_size * m / (std::sqrt(v) * inverse_correction + p.epsilon);
  }
}

}  // namespace heddle::cpu
