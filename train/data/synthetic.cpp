// A generated set: five shapes, each filled with stripes or with checks, at random places, sizes, angles and colours.
// No pixel tells the class by itself, so that a linear model learns next to nothing, and a small network nearly all.
#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/core/error.h"
#include "kernels/core/philox.h"
#include "train/data/dataset.h"
#include "train/data/statistics.h"

namespace heddle::train {
namespace {

constexpr i64 side = 32, channels = 3;
constexpr u32 classes = 10;
constexpr f32 pi = 3.14159265f;

/// The random numbers of one image: philox words of (seed, image), in the order in which they are asked for.
class Draw {
 public:
  Draw(u64 seed, u64 image) : seed_(seed), image_(image) {}

  u32 word() {
    if (next_ % 4 == 0) words_ = philox(seed_, image_, next_ / 4);
    return words_[next_++ % 4];
  }
  f32 uniform(f32 low, f32 high) { return low + (high - low) * uniform01(word()); }

 private:
  u64 seed_, image_, next_ = 0;
  std::array<u32, 4> words_ = {};
};

struct Point {
  f32 x, y;
};

Point rotate(Point p, f32 angle) {
  f32 const c = std::cos(angle), s = std::sin(angle);
  return {c * p.x + s * p.y, c * p.y - s * p.x};
}

/// Distance from the edge of a shape of about radius 1 round the origin, negative inside.
f32 shape_distance(u32 shape, Point p) {
  f32 const x = std::abs(p.x), y = std::abs(p.y), radius = std::hypot(p.x, p.y);
  switch (shape) {
    case 0:  // disc
      return radius - 0.95f;
    case 1:  // ring
      return std::abs(radius - 0.72f) - 0.28f;
    case 2:  // square
      return std::max(x, y) - 0.8f;
    case 3:  // triangle
      return std::max(0.866f * x + 0.5f * p.y, -p.y) - 0.55f;
    default:  // cross
      return std::max(std::min(x, y) - 0.3f, std::max(x, y) - 1.0f);
  }
}

/// Between 0 and 1, at p in pixels.
f32 texture(bool checked, Point p) {
  f32 const x = std::sin(p.x * (2 * pi / 4.5f)), y = std::sin(p.y * (2 * pi / 4.5f));
  return checked ? std::clamp(0.5f + 2.5f * x * y, 0.0f, 1.0f) : std::clamp(0.5f + 1.5f * x, 0.0f, 1.0f);
}

using Colour = std::array<f32, channels>;

Colour draw_colour(Draw& draw, f32 low, f32 high) {
  return {draw.uniform(low, high), draw.uniform(low, high), draw.uniform(low, high)};
}

f32 mix(f32 a, f32 b, f32 share) { return a + (b - a) * share; }

void draw_image(u32 label, Draw draw, u8* pixels) {
  u32 const shape = label % 5;
  bool const checked = label >= 5;
  f32 const radius = draw.uniform(9, 14);
  Point const centre = {16 + draw.uniform(-4, 4), 16 + draw.uniform(-4, 4)};
  f32 const shape_angle = draw.uniform(-0.4f, 0.4f), texture_angle = draw.uniform(0, pi);
  Point const phase = {draw.uniform(0, 8), draw.uniform(0, 8)};
  // Dark on light or light on dark: a mean over images shows neither.
  Colour background = draw_colour(draw, 0.0f, 0.4f), figure = draw_colour(draw, 0.6f, 1.0f);
  if (draw.word() % 2 == 0) std::swap(background, figure);

  for (i64 row = 0; row < side; ++row)
    for (i64 column = 0; column < side; ++column) {
      Point const p = {static_cast<f32>(column) + 0.5f - centre.x, static_cast<f32>(row) + 0.5f - centre.y};
      Point const turned = rotate(p, shape_angle), grain = rotate(p, texture_angle);
      f32 const distance = radius * shape_distance(shape, {turned.x / radius, turned.y / radius});
      f32 const inside = std::clamp(0.5f - distance, 0.0f, 1.0f);
      f32 const share = inside * (0.25f + 0.75f * texture(checked, {grain.x + phase.x, grain.y + phase.y}));
      f32 const noise = draw.uniform(-0.08f, 0.08f);
      for (std::size_t c = 0; c < channels; ++c) {
        f32 const value = std::clamp(mix(background[c], figure[c], share) + noise, 0.0f, 1.0f);
        *pixels++ = static_cast<u8>(std::lround(255 * value));
      }
    }
}

/// Images first, first + 1, … of the endless row that the seed stands for.
ImageSet make_images(i64 first, i64 count, u64 seed) {
  ImageSet const set = {Tensor::empty({count, side, side, channels}, DType::u8), Tensor::empty({count}, DType::i32)};
  for (i64 i = 0; i < count; ++i) {
    Draw draw(seed, static_cast<u64>(first + i));
    u32 const label = uniform_below(draw.word(), classes);
    set.labels.data<i32>()[i] = static_cast<i32>(label);
    draw_image(label, draw, set.images.data<u8>() + i * side * side * channels);
  }
  return set;
}

}  // namespace

DataSet make_synthetic(i64 train_count, i64 test_count, u64 seed) {
  check(train_count > 0 && test_count > 0, "[data] the synthetic set needs images to train and to test on, got ",
        train_count, " and ", test_count);
  DataSet data;
  data.name = "synthetic";
  data.class_names = {"striped disc", "striped ring", "striped square", "striped triangle", "striped cross",
                      "checked disc", "checked ring", "checked square", "checked triangle", "checked cross"};
  data.train = make_images(0, train_count, seed);
  data.test = make_images(train_count, test_count, seed);
  auto const [mean, deviation] = channel_statistics(data.train.images);
  data.mean = mean;
  data.deviation = deviation;
  return data;
}

}  // namespace heddle::train
