// The Dice loss of random logits, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/sample.h"
#include "kernels/loss/dice_loss.h"

namespace heddle::bench {

struct DiceLossForwardSample {
  static constexpr char const* sizes = "ROWSxELEMENTS";
  static constexpr char const* source = "kernels/loss/dice_loss.cu";
  static inline std::vector<i64> const example = {8, 65536};

  template <class T>
  using Args = DiceLossForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = dice_loss_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.rows = size[0], .elements = size[1]};
  }
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    return name == "target" ? uniform<f32>(count, seed, 0, 1) : uniform<f32>(count, seed, -4, 4);
  }
  /// Of each sample N and D are below 2 * elements, and about half of that.
  static double bound(std::string_view name, Args<f32> const& a) {
    double const share = sum_bound(a.elements, 2 / static_cast<double>(a.elements)) + 16 * 0x1p-24;
    return name == "loss" ? 8 * share : share * 2 * static_cast<double>(a.elements);
  }
};

struct DiceLossBackwardSample {
  static constexpr char const* sizes = DiceLossForwardSample::sizes;
  static constexpr char const* source = DiceLossForwardSample::source;
  static inline std::vector<i64> const example = DiceLossForwardSample::example;

  template <class T>
  using Args = DiceLossBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = dice_loss_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.rows = size[0], .elements = size[1]};
  }
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    return name == "sums" ? uniform<f32>(count, seed, 1, 2) : DiceLossForwardSample::values(name, count, seed);
  }
  /// The slopes are below 1/4, N and D in [1, 2).
  static double bound(std::string_view, Args<f32> const&) { return 0x1p-18; }
};

}  // namespace heddle::bench
