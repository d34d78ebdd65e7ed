// Adam with decoupled weight decay (Loshchilov, Hutter 2019).
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

/// p *= 1 - learning_rate * weight_decay; m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
/// p -= learning_rate * mhat / (sqrt(vhat) + epsilon), with mhat = m / (1 - beta1^step), vhat = v / (1 - beta2^step).
template <class T>
struct AdamWArgs {
  i64 count = 0;
  f32 learning_rate = 0, beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f, weight_decay = 0;
  i64 step = 1;                  // counts from 1
  T const* gradient = nullptr;   // [count]
  f32* parameter = nullptr;      // [count]
  f32* first_moment = nullptr;   // [count]
  f32* second_moment = nullptr;  // [count]
};

template <class T>
using AdamWFn = void(AdamWArgs<T> const&, Stream);

namespace cpu {
extern AdamWFn<f32> adamw;
}

}  // namespace heddle
