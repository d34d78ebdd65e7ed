// Stochastic gradient descent with momentum, as PyTorch defines it.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

/// g = gradient + weight_decay * parameter; velocity = momentum * velocity + g (velocity starts at zero);
/// parameter -= learning_rate * (nesterov ? g + momentum * velocity : velocity).
template <class T>
struct SgdArgs {
  i64 count = 0;
  f32 learning_rate = 0, momentum = 0, weight_decay = 0;
  bool nesterov = false;
  T const* gradient = nullptr;  // [count]
  f32* parameter = nullptr;     // [count]
  f32* velocity = nullptr;      // [count]; null when momentum is 0
};

template <class T>
using SgdFn = void(SgdArgs<T> const&, Stream);

namespace cpu {
extern SgdFn<f32> sgd;
}

}  // namespace heddle
