// Losses of pairs on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/sample.h"
#include "kernels/loss/pair_loss.h"

namespace heddle::bench {

/// Loss and gradient, KIND being the place in PairLoss, from 1. Logits and probabilities suit every kind.
struct PairLossSample {
  static constexpr char const* sizes = "COUNTxKIND";
  static constexpr char const* source = "kernels/loss/pair_loss.cu";
  static inline std::vector<i64> const example = {262144, 1};

  template <class T>
  using Args = PairLossArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = pair_loss<T>;

  /// The gradient is there, though not yet where it will be: an optional tensor counts when it is.
  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    static T gradient;
    return {.options = {.kind = static_cast<PairLoss>(size[1] - 1)},
            .count = size[0],
            .scale = 1 / static_cast<f32>(size[0]),
            .dx = &gradient,
            .workspace = {}};
  }
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    return name == "target" ? uniform<f32>(count, seed, 0, 1) : uniform<f32>(count, seed, -4, 4);
  }
  /// Losses are below 25, and slopes below 10.
  static double bound(std::string_view name, Args<f32> const& a) {
    return name == "loss" ? sum_bound(a.count, 25 * static_cast<double>(a.scale)) + 1e-5 : 10 * a.scale * 0x1p-18;
  }
};

}  // namespace heddle::bench
