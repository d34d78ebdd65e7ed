// Batches of random pictures, averaged or with boxes pasted, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/augment/mix_batch.h"

namespace heddle::bench {

template <bool pasted>
struct MixBatchSample {
  static constexpr char const* sizes = "NxHxWxCxCLASSES";
  static constexpr char const* source = "kernels/augment/mix_batch.cu";
  static inline std::vector<i64> const example = {32, 32, 32, 3, 10};

  template <class T>
  using Args = MixBatchArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = {pasted ? "mix_batch_pasted" : "mix_batch", mix_batch<T>.cpu,
                                                   mix_batch<T>.cuda, mix_batch<T>.emulated};

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.n = size[0],
            .h = size[1],
            .w = size[2],
            .c = size[3],
            .classes = size[4],
            .options = {.mixup = pasted ? 0.0f : 1.0f, .cutmix = pasted ? 1.0f : 0.0f},
            .seed = 5};
  }
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    std::vector<f32> values = uniform<f32>(count, seed, name == "labels" ? 0.0f : -2.0f, 2);
    if (name == "labels")
      for (f32& value : values) value = std::floor(value);  // 0 or 1: there is at least one other class
    return values;
  }
  /// Every device gives the same bits in f32; other types round once.
  static double bound(std::string_view, auto const&) { return 0x1p-25; }
};

}  // namespace heddle::bench
