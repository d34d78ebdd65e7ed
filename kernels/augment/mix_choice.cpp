// The draws of mixup and CutMix.
#include "kernels/augment/mix_choice.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace heddle {
namespace {

/// Draws of a batch, one after the other. The first two are those of its permutation.
class Draws {
 public:
  Draws(u64 seed, i64 batch) : seed_(seed), stream_(reserved_stream(StreamUse::mixing, static_cast<u64>(batch))) {}
  std::array<u32, 4> next() { return philox(seed_, stream_, ++index_); }

 private:
  u64 seed_, stream_, index_ = 1;
};

/// In (0, 1).
double open_uniform(u32 word) { return (word + 0.5) * 0x1p-32; }

/// The logarithm of a number of Gamma(alpha): that number may be too small for its type.
double log_gamma_variate(double alpha, Draws& draws) {
  double const d = alpha + 1 - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    auto const words = draws.next();
    double const radius = std::sqrt(-2 * std::log(open_uniform(words[0])));
    double const normal = radius * std::cos(2 * std::numbers::pi * open_uniform(words[1]));
    double const root = 1 + c * normal, v = root * root * root;
    if (root > 0 && std::log(open_uniform(words[2])) < normal * normal / 2 + d - d * v + d * std::log(v))
      return std::log(d * v) + std::log(open_uniform(words[3])) / alpha;
  }
}

double beta_variate(double alpha, Draws& draws) {
  double const x = log_gamma_variate(alpha, draws), y = log_gamma_variate(alpha, draws);
  return 1 / (1 + std::exp(y - x));
}

/// From the middle of a box with this much before it and behind, within [0, size).
i32 limited(double place, i64 size) {
  return static_cast<i32>(std::clamp(std::floor(place + 0.5), 0.0, static_cast<double>(size)));
}

}  // namespace

MixChoice mix_choice(MixOptions const& options, i64 h, i64 w, u64 seed, i64 batch) {
  Draws draws(seed, batch);
  auto const first = draws.next();
  if (options.mixup == 0 && options.cutmix == 0) return {};
  if (!(uniform01(first[0]) < options.probability)) return {};
  bool const both = options.mixup > 0 && options.cutmix > 0;
  bool const pasted = both ? uniform_below(first[1], 2) == 1 : options.cutmix > 0;
  double const weight = beta_variate(pasted ? options.cutmix : options.mixup, draws);
  if (!pasted) return {.of_values = static_cast<f32>(weight), .of_labels = static_cast<f32>(weight)};
  double const side = std::sqrt(1 - weight) / 2, height = side * static_cast<double>(h);
  double const width = side * static_cast<double>(w);
  double const row = open_uniform(first[2]) * static_cast<double>(h);
  double const column = open_uniform(first[3]) * static_cast<double>(w);
  MixBox const box = {.top = limited(row - height, h),
                      .left = limited(column - width, w),
                      .bottom = limited(row + height, h),
                      .right = limited(column + width, w)};
  double const area = static_cast<double>(box.bottom - box.top) * (box.right - box.left);
  return {.of_labels = static_cast<f32>(1 - area / (static_cast<double>(h) * static_cast<double>(w))), .box = box};
}

}  // namespace heddle
