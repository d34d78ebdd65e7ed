#include "kernels/optimizer/weight_average.h"

#include "kernels/optimizer/optimizer_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;  // fixed, so that an element meets the same instructions whatever the number of threads
constexpr i64 parallel_from = 4 * chunk;

}  // namespace

template <class T>
void weight_average(WeightAverageArgs<T> const& args, Stream) {
  check_list("weight_average", args);
  if (args.state->finite == 0) return;
  f32 const weight = average_weight(args.decay, *args.state);
  for (AverageTensor<T> const& tensor : args.list) {
    AverageTensor<T> const t = tensor;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(t) if (t.count > parallel_from)
    for (i64 i = 0; i < t.count; ++i) t.average[i] = (1 - weight) * t.average[i] + weight * t.parameter[i];
  }
}

template void weight_average(WeightAverageArgs<f32> const&, Stream);

}  // namespace heddle::cpu
