// Elementwise operations on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/elementwise/cast.h"
#include "kernels/elementwise/chain.h"
#include "kernels/elementwise/elementwise.h"

namespace heddle::bench {

struct ElementwiseSample {
  static constexpr char const* sizes = "COUNT";
  static constexpr char const* source = "kernels/elementwise/elementwise.cu";
  static inline std::vector<i64> const example = {262144};

  static std::vector<f32> values(std::string_view, i64 count, u64 seed) { return uniform<f32>(count, seed); }
};

struct AddSample : ElementwiseSample {
  template <class T>
  using Args = AddArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = add<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.count = size[0], .alpha = 0.75f, .beta = -1.5f};
  }
  /// Two products and a sum are rounded, all below 4.
  static double bound(std::string_view, Args<f32> const&) { return 3 * 4 * 0x1p-24; }
};

/// From T to f8e4m3: every value rounds in one way.
struct CastSample : ElementwiseSample {
  template <class T>
  using Args = CastArgs<Conversion<T, f8e4m3>>;
  template <class T>
  static constexpr Operation<Args<T>> operation = cast<Conversion<T, f8e4m3>>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.count = size[0]};
  }
  static double bound(std::string_view, Args<f32> const&) { return 0; }
};

/// All steps: y = residual + dropout(gelu(x + bias)).
struct ChainSample {
  static constexpr char const* sizes = "ROWSxCOLUMNS";
  static constexpr char const* source = "kernels/elementwise/chain.cu";
  static inline std::vector<i64> const example = {64, 4096};
  static constexpr Activation activation = Activation::gelu_tanh;
  static constexpr Dropout dropout = {.rate = 0.1f, .seed = 7, .stream = 3};

  static std::vector<f32> values(std::string_view, i64 count, u64 seed) { return uniform<f32>(count, seed, -3, 3); }
};

struct ChainForwardSample : ChainSample {
  template <class T>
  using Args = ChainForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = chain_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.rows = size[0], .columns = size[1], .activation = activation, .dropout = dropout};
  }
  /// Values below 8, each off by a few units in the last place.
  static double bound(std::string_view, Args<f32> const&) { return 16 * 8 * 0x1p-24; }
};

struct ChainBackwardSample : ChainSample {
  template <class T>
  using Args = ChainBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = chain_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.rows = size[0], .columns = size[1], .activation = activation, .dropout = dropout};
  }
  /// The derivative is off by at most 128 units of 2^-24 (tests/kernels/elementwise/chain_reference.h), times dy
  /// below 4.
  static double bound(std::string_view name, Args<f32> const& a) {
    double const of_dx = 4 * 128 * 0x1p-24;
    return name == "dx" ? of_dx : static_cast<double>(a.rows) * of_dx + sum_bound(a.rows, 4);
  }
};

}  // namespace heddle::bench
