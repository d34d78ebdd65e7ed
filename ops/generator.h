// The random numbers of tensors: counter-based, so they depend on seed and position alone, never on threads.
#pragma once

#include "ops/tensor.h"

namespace heddle {

/// A seed and the number of streams drawn so far; both are all its state. Each fill takes one stream.
struct Generator {
  u64 seed = 0;
  u64 next_stream = 0;

  /// A generator with a seed of its own, drawn from one stream of this one.
  Generator split();
  /// A tensor of f32 values uniform in [low, high), before they are rounded to f32: that may give `high`.
  Tensor uniform(Shape const& shape, f32 low, f32 high);
  /// A tensor of f32 values, normally distributed (Box, Muller 1958).
  Tensor normal(Shape const& shape, f32 mean, f32 deviation);

  friend bool operator==(Generator const&, Generator const&) = default;
};

}  // namespace heddle
