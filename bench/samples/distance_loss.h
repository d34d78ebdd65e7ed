// Losses on distances between random rows, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/sample.h"
#include "kernels/loss/distance_loss.h"

namespace heddle::bench {

/// Loss and gradients, KIND being the place in DistanceLoss, from 1; labels are 0 and 1.
struct DistanceLossSample {
  static constexpr char const* sizes = "ROWSxCOLUMNSxKIND";
  static constexpr char const* source = "kernels/loss/distance_loss.cu";
  static inline std::vector<i64> const example = {256, 512, 3};

  template <class T>
  using Args = DistanceLossArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = distance_loss<T>;

  /// The gradients are there, though not yet where they will be: an optional tensor counts when it is. With this margin
  /// every triplet has a loss.
  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    static T gradient;
    return {.kind = static_cast<DistanceLoss>(size[2] - 1),
            .rows = size[0],
            .columns = size[1],
            .centers = 2,
            .margin = static_cast<f32>(size[1]),
            .da = &gradient,
            .db = &gradient,
            .dc = &gradient};
  }
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    std::vector<f32> values = uniform<f32>(count, seed);
    if (name == "labels")
      for (f32& value : values) value = value < 0 ? 0.0f : 1.0f;
    return values;
  }
  static double bound(std::string_view name, Args<f32> const& a) {
    double const share = sum_bound(a.columns, 1 / static_cast<double>(a.columns)) + 16 * 0x1p-24;
    return share * (name == "loss" ? 2 * static_cast<double>(a.columns) + 4 : 4);
  }
};

}  // namespace heddle::bench
