// Image batches of random images, cropped with padding, flipped and cut out, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/augment/image_batch.h"

namespace heddle::bench {

struct ImageBatchSample {
  static constexpr char const* sizes = "NxHxWxCxPADDING";
  static constexpr char const* source = "kernels/augment/image_batch.cu";
  static inline std::vector<i64> const example = {64, 32, 32, 3, 4};

  template <class T>
  using Args = ImageBatchArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = image_batch<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.n = size[0],
            .h = size[1],
            .w = size[2],
            .c = size[3],
            .count = size[0],
            .options = {.crop_padding = size[4], .flip = Flip::random, .cutout = 2 * size[4]},
            .seed = 5,
            .epoch = 1};
  }
  /// Each image once, in another order.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    if (name == "grey") return {};
    if (name == "mean") return uniform<f32>(count, seed, 0.4f, 0.6f);
    if (name == "deviation") return uniform<f32>(count, seed, 0.2f, 0.3f);
    std::vector<f32> values = uniform<f32>(count, seed, 0, 256);
    for (f32& value : values) value = std::floor(value);
    if (name == "index")
      for (i64 i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = static_cast<f32>(count - 1 - i);
    return values;
  }
  /// A multiply-add of terms below 255 / (255 * 0.2) and 0.6 / 0.2, whose factors are rounded, against two divisions.
  static double bound(std::string_view, auto const&) { return 8 * unit_roundoff<f32> * (5 + 3); }
};

/// With an operation of its own name, for rows beside those of the plain one.
template <class T>
constexpr Operation<ImageBatchArgs<T>> image_batch_named(char const* name) {
  return {name, image_batch<T>.cpu, image_batch<T>.cuda, image_batch<T>.emulated};
}

/// And with all colours changed.
struct ColouredImageBatchSample : ImageBatchSample {
  template <class T>
  static constexpr Operation<Args<T>> operation = image_batch_named<T>("image_batch_coloured");

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    auto args = ImageBatchSample::arguments<T>(size);
    args.options.colour = {.brightness = 0.4f, .contrast = 0.4f, .saturation = 0.4f, .hue = 0.1f};
    return args;
  }
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    return name == "grey" ? uniform<f32>(count, seed, 0, 255) : ImageBatchSample::values(name, count, seed);
  }
};

/// And turned, sheared and scaled instead.
struct TurnedImageBatchSample : ImageBatchSample {
  template <class T>
  static constexpr Operation<Args<T>> operation = image_batch_named<T>("image_batch_turned");

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    auto args = ImageBatchSample::arguments<T>(size);
    args.options.affine = {.rotation = 15, .shear = 0.1f, .scale = 0.2f};
    return args;
  }
};

}  // namespace heddle::bench
