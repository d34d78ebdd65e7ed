// What the three directions of the CPU convolution share: they compute in f32, whatever the tensors are.
#pragma once

#include <concepts>
#include <vector>

#include "kernels/conv/conv_axes.h"
#include "kernels/core/arguments.h"
#include "kernels/core/epilogue_cpu.h"

namespace heddle::cpu {

/// A tensor that is read as f32: itself, or a copy.
template <class T>
class Widened {
 public:
  Widened(T const* tensor, i64 count) : tensor_(tensor) {
    if constexpr (!std::same_as<T, f32>)
      for (i64 i = 0; i < count; ++i) copy_.push_back(static_cast<f32>(tensor[i]));
  }
  f32 const* data() const {
    if constexpr (std::same_as<T, f32>)
      return tensor_;
    else
      return copy_.data();
  }

 private:
  T const* tensor_;
  std::vector<f32> copy_;
};

/// Sums in f32 on the way to a tensor, which holds them where it is of f32.
template <class T>
class Sums {
 public:
  Sums(T* tensor, i64 count)
      : tensor_(tensor), count_(count), copy_(static_cast<std::size_t>(std::same_as<T, f32> ? 0 : count)) {}
  f32* data() {
    if constexpr (std::same_as<T, f32>)
      return tensor_;
    else
      return copy_.data();
  }

  /// Takes them to the tensor, whose rows have `channels` elements, through the steps.
  void finish(Epilogue<T> const& epilogue, i64 channels) {
    if (std::same_as<T, f32> && epilogue.empty()) return;
    EpilogueSteps<T> steps(epilogue, channels, channels);
    for (i64 i = 0; i < count_; ++i)
      tensor_[i] = steps.finish(i / channels, i % channels, data()[static_cast<std::size_t>(i)]);
    steps.finish_reductions();
  }

 private:
  T* tensor_;
  i64 count_;
  std::vector<f32> copy_;
};

}  // namespace heddle::cpu
