// The mean grey of random images, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/augment/image_grey.h"

namespace heddle::bench {

struct ImageGreySample {
  static constexpr char const* sizes = "COUNTxHxWxC";
  static constexpr char const* source = "kernels/augment/image_grey.cu";
  static inline std::vector<i64> const example = {64, 32, 32, 3};

  template <class T>
  using Args = ImageGreyArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = image_grey<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.count = size[0], .h = size[1], .w = size[2], .c = size[3]};
  }
  static std::vector<f32> values(std::string_view, i64 count, u64 seed) {
    std::vector<f32> values = uniform<f32>(count, seed, 0, 256);
    for (f32& value : values) value = std::floor(value);
    return values;
  }
  /// Sums of whole numbers.
  static double bound(std::string_view, auto const&) { return 0; }
};

}  // namespace heddle::bench
