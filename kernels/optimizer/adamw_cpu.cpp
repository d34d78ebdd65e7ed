#include <cmath>

#include "kernels/optimizer/adamw.h"
#include "kernels/optimizer/optimizer_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;  // fixed, so that an element meets the same instructions whatever the number of threads
constexpr i64 parallel_from = 4 * chunk;

f32 one_minus_power(f32 base, i64 exponent) {
  return static_cast<f32>(1 - std::pow(static_cast<double>(base), static_cast<double>(exponent)));
}

template <class T>
void update(AdamWArgs<T> const& args, AdamWTensor<T> const& tensor) {
  AdamWTensor<T> const t = tensor;
  StepState const state = *args.state;
  f32 const beta1 = args.beta1, beta2 = args.beta2, epsilon = args.epsilon, scale = state.gradient_scale;
  f32 const rest1 = one_minus_power(beta1, 1), rest2 = one_minus_power(beta2, 1);
  f32 const step_size = state.learning_rate / one_minus_power(beta1, state.step);
  f32 const inverse_correction = 1 / std::sqrt(one_minus_power(beta2, state.step));
  f32 const keep = 1 - state.learning_rate * t.weight_decay;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(t) if (t.count > parallel_from)
  for (i64 i = 0; i < t.count; ++i) {
    f32 const g = scale * f32(t.gradient[i]);
    f32 const m = beta1 * t.first_moment[i] + rest1 * g;
    f32 const v = beta2 * t.second_moment[i] + rest2 * g * g;
    t.first_moment[i] = m;
    t.second_moment[i] = v;
    t.parameter[i] = keep * t.parameter[i] - step_size * m / (std::sqrt(v) * inverse_correction + epsilon);
  }
  for (i64 i = 0; t.copy != nullptr && i < t.count; ++i) t.copy[i] = T(t.parameter[i]);
}

}  // namespace

template <class T>
void adamw(AdamWArgs<T> const& args, Stream) {
  check_list("adamw", args);
  if (args.state->finite == 0) return;
  check(args.state->step >= 1, "[adamw] step counts from 1: step=", args.state->step);
  for (AdamWTensor<T> const& t : args.list) update(args, t);
}

HEDDLE_INSTANTIATE(adamw, AdamWArgs);

}  // namespace heddle::cpu
