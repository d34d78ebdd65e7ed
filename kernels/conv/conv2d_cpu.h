// What the three directions of the CPU convolution share.
#pragma once

#include <concepts>
#include <vector>

#include "kernels/conv/conv_axes.h"
#include "kernels/core/arguments.h"

namespace heddle::cpu {

/// Checks the arguments and calls run(Args<f32>): on widened copies of the inputs where T is narrower, whose result is
/// rounded at the end.
template <template <class> class Args, class T, class Run>
void run_widened(char const* operation, Args<T> const& args, Run const& run) {
  check_shape(args.shape);
  check_tensors(operation, args);
  if constexpr (std::same_as<T, f32>) {
    run(args);
  } else {
    std::vector<std::vector<f32>> copies;
    std::vector<f32*> pointers;
    Args<T>::tensors(args, [&](char const*, auto* pointer, i64 count) {
      bool const read = std::is_const_v<std::remove_pointer_t<decltype(pointer)>>;
      copies.emplace_back(static_cast<std::size_t>(count));
      for (i64 i = 0; read && i < count; ++i) copies.back()[static_cast<std::size_t>(i)] = static_cast<f32>(pointer[i]);
      pointers.push_back(copies.back().data());
    });
    Args<f32> widened = {.shape = args.shape};
    std::size_t index = 0;
    Args<f32>::tensors(widened, [&](char const*, auto*& pointer, i64) { pointer = pointers[index++]; });
    run(widened);
    index = 0;
    Args<T>::tensors(args, [&](char const*, auto* pointer, i64 count) {
      std::vector<f32> const& copy = copies[index++];
      if constexpr (!std::is_const_v<std::remove_pointer_t<decltype(pointer)>>)
        for (i64 i = 0; i < count; ++i) pointer[i] = T(copy[static_cast<std::size_t>(i)]);
    });
  }
}

}  // namespace heddle::cpu
