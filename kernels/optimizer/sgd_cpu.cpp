#include <cmath>

#include "kernels/optimizer/optimizer_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;  // fixed, so that an element meets the same instructions whatever the number of threads
constexpr i64 parallel_from = 4 * chunk;

template <class T>
void without_momentum(SgdTensor<T> const& tensor, f32 learning_rate, f32 scale) {
  SgdTensor<T> const t = tensor;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(t) if (t.count > parallel_from)
  for (i64 i = 0; i < t.count; ++i)
    t.parameter[i] -= learning_rate * std::fma(t.weight_decay, t.parameter[i], scale * f32(t.gradient[i]));
}

template <class T>
void with_momentum(SgdTensor<T> const& tensor, f32 momentum, bool nesterov, f32 learning_rate, f32 scale) {
  SgdTensor<T> const t = tensor;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(t) if (t.count > parallel_from)
  for (i64 i = 0; i < t.count; ++i) {
    f32 const g = std::fma(t.weight_decay, t.parameter[i], scale * f32(t.gradient[i]));
    f32 const v = momentum * t.velocity[i] + g;
    t.velocity[i] = v;
    t.parameter[i] -= learning_rate * (nesterov ? g + momentum * v : v);
  }
}

}  // namespace

template <class T>
void sgd(SgdArgs<T> const& args, Stream) {
  check_sgd(args);
  if (args.state->finite == 0) return;
  f32 const learning_rate = args.state->learning_rate, scale = args.state->gradient_scale;
  for (SgdTensor<T> const& t : args.list) {
    if (args.momentum == 0)
      without_momentum(t, learning_rate, scale);
    else
      with_momentum(t, args.momentum, args.nesterov, learning_rate, scale);
    for (i64 i = 0; t.copy != nullptr && i < t.count; ++i) t.copy[i] = T(t.parameter[i]);
  }
}

HEDDLE_INSTANTIATE(sgd, SgdArgs);

}  // namespace heddle::cpu
