#include "kernels/core/arguments.h"
#include "kernels/optimizer/sgd.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;  // fixed, so that an element meets the same instructions whatever the number of threads
constexpr i64 parallel_from = 4 * chunk;

void plain(SgdArgs<f32> const& args) {
  SgdArgs<f32> const p = args;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i)
    p.parameter[i] -= p.learning_rate * (p.gradient[i] + p.weight_decay * p.parameter[i]);
}

void with_momentum(SgdArgs<f32> const& args) {
  SgdArgs<f32> const p = args;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) {
    f32 const g = p.gradient[i] + p.weight_decay * p.parameter[i];
    f32 const v = p.momentum * p.velocity[i] + g;
    p.velocity[i] = v;
    p.parameter[i] -= p.learning_rate * (p.nesterov ? g + p.momentum * v : v);
  }
}

}  // namespace

void sgd(SgdArgs<f32> const& args, Stream) {
  check_sizes("sgd", {{"count", args.count}});
  check_pointer("sgd", "gradient", args.gradient, args.count);
  check_pointer("sgd", "parameter", args.parameter, args.count);
  if (args.momentum == 0) return plain(args);
  check(args.velocity || args.count == 0, "[sgd] momentum needs a velocity: momentum=", args.momentum);
  with_momentum(args);
}

}  // namespace heddle::cpu
