// Mixup and CutMix on the CPU.
#include <algorithm>
#include <cmath>

#include "kernels/augment/mix_batch_check.h"

namespace heddle::cpu {
namespace {

template <class T>
void mix(MixBatchArgs<T> const& a, MixChoice const& choice, T const* own, T const* other, T* y) {
  f32 const weight = choice.of_values, rest = 1 - weight;
  for (i64 row = 0; row < a.h; ++row)
    for (i64 column = 0; column < a.w; ++column)
      for (i64 k = 0; k < a.c; ++k, ++own, ++other, ++y) {
        if (choice.box.holds(static_cast<i32>(row), static_cast<i32>(column)))
          *y = *other;
        else if (weight == 1)
          *y = *own;
        else
          *y = T(std::fma(weight, static_cast<f32>(*own), rest * static_cast<f32>(*other)));
      }
}

}  // namespace

template <class T>
void mix_batch(MixBatchArgs<T> const& a, Stream) {
  check_mix_batch(a);
  if (a.n == 0) return;
  for (i64 i = 0; i < a.n; ++i)
    check(a.labels[i] >= 0 && a.labels[i] < a.classes, "[mix_batch] label must lie in [0, classes): position=", i,
          ", label=", a.labels[i], ", classes=", a.classes);
  MixChoice const choice = mix_choice(a.options, a.h, a.w, a.seed, a.batch);
  MixPartners const partner(a.n, a.seed, a.batch);
  i64 const size = a.h * a.w * a.c;
#pragma omp parallel for schedule(static) if (a.n * size > 1 << 14)
  for (i64 i = 0; i < a.n; ++i) {
    i64 const j = partner(i);
    mix(a, choice, a.x + i * size, a.x + j * size, a.y + i * size);
    f32* const targets = a.targets + i * a.classes;
    std::fill_n(targets, a.classes, 0.0f);
    targets[a.labels[i]] = choice.of_labels;
    targets[a.labels[j]] += 1 - choice.of_labels;
  }
}

HEDDLE_INSTANTIATE(mix_batch, MixBatchArgs);

}  // namespace heddle::cpu
