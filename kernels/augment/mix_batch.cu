// Launcher of mixed batches: for CUDA, and for the emulator.
#include "kernels/augment/mix_batch.cuh"

#include "kernels/augment/mix_batch_check.h"
#include "kernels/core/choice.h"
#include "kernels/core/math.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class Kernel, class T>
void launch_mix(MixBatchArgs<T> const& a, Stream stream) {
  i64 const chunks = ceil_div(a.h * a.w * a.c, i64{Kernel::block_values}), most = 0x7fffffff;
  i64 const target_blocks = ceil_div(a.n * a.classes, i64{Kernel::threads});
  check(chunks == 0 || a.n <= (most - target_blocks) / chunks, "[mix_batch] more pictures than a launch takes: n=", a.n,
        ", h=", a.h, ", w=", a.w, ", c=", a.c, ", classes=", a.classes);
  dim3 const grid(static_cast<unsigned>(a.n * chunks + target_blocks));
  MixChoice const choice = mix_choice(a.options, a.h, a.w, a.seed, a.batch);
  launch<Kernel>(grid, {a, choice, MixPartners(a.n, a.seed, a.batch), chunks, a.n * chunks}, stream, "mix_batch");
}

}  // namespace

template <class T>
void mix_batch(MixBatchArgs<T> const& a, Stream stream) {
  check_mix_batch(a);
  if (a.n * (a.h * a.w * a.c + a.classes) == 0) return;
  if (a.h * a.w * a.c % widest_vector<T> == 0 && aligned(a.x, a.y))
    launch_mix<MixBatchKernel<T, true>>(a, stream);
  else
    launch_mix<MixBatchKernel<T, false>>(a, stream);
}

HEDDLE_INSTANTIATE(mix_batch, MixBatchArgs);

}  // namespace heddle::HEDDLE_BACKEND
