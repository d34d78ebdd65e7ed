// Whether products of f32 tensors may be computed on the matrix unit, which takes f32 only as tf32.
#pragma once

#include <concepts>

#include "kernels/core/types.h"

namespace heddle::ops {

/// While one lives, products of f32 tensors on this thread (linear, conv2d and their gradients) may lose all but 10
/// bits of their operands' mantissas; sums stay f32. Outside of any, products are of f32. The CPU always computes in
/// f32.
class Tf32Products {
 public:
  explicit Tf32Products(bool allowed = true);
  ~Tf32Products();
  Tf32Products(Tf32Products const&) = delete;
  Tf32Products& operator=(Tf32Products const&) = delete;

  /// Of operands of type T on this thread, now.
  template <class T>
  static bool allowed() {
    return std::same_as<T, f32> && allowed_here();
  }

 private:
  static bool allowed_here();

  bool outer_;
};

}  // namespace heddle::ops
