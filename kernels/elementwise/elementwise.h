// Elementwise arithmetic and activations over contiguous tensors. Every function throws an Error that names the value
// for a negative size, and for a null pointer to a tensor that is not empty.
#pragma once

#include "kernels/core/activation.h"
#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

/// out = alpha * a + beta * b. out may be a or b.
template <class T>
struct AddArgs {
  i64 count = 0;
  f32 alpha = 1;
  T const* a = nullptr;  // [count]
  f32 beta = 1;
  T const* b = nullptr;  // [count]
  T* out = nullptr;      // [count]
};

/// y = scale * x. y may be x.
template <class T>
struct ScaleArgs {
  i64 count = 0;
  f32 scale = 1;
  T const* x = nullptr;  // [count]
  T* y = nullptr;        // [count]
};

/// y[i, j] = x[i, j] + bias[j]. y may be x.
template <class T>
struct BiasForwardArgs {
  i64 rows = 0, columns = 0;
  T const* x = nullptr;     // [rows, columns]
  T const* bias = nullptr;  // [columns]
  T* y = nullptr;           // [rows, columns]
};

/// dbias[j] = sum over i of dy[i, j].
template <class T>
struct BiasBackwardArgs {
  i64 rows = 0, columns = 0;
  T const* dy = nullptr;  // [rows, columns]
  T* dbias = nullptr;     // [columns]
};

template <class T>
struct ActivationForwardArgs {
  Activation activation = Activation::none;
  i64 count = 0;
  T const* x = nullptr;  // [count]
  T* y = nullptr;        // [count]; may be x
};

template <class T>
struct ActivationBackwardArgs {
  Activation activation = Activation::none;
  i64 count = 0;
  T const* x = nullptr;   // [count]; for relu the output serves as well
  T const* dy = nullptr;  // [count]
  T* dx = nullptr;        // [count]; may be dy
};

template <class T>
using AddFn = void(AddArgs<T> const&, Stream);
template <class T>
using ScaleFn = void(ScaleArgs<T> const&, Stream);
template <class T>
using BiasForwardFn = void(BiasForwardArgs<T> const&, Stream);
template <class T>
using BiasBackwardFn = void(BiasBackwardArgs<T> const&, Stream);
template <class T>
using ActivationForwardFn = void(ActivationForwardArgs<T> const&, Stream);
template <class T>
using ActivationBackwardFn = void(ActivationBackwardArgs<T> const&, Stream);

namespace cpu {
extern AddFn<f32> add;
extern ScaleFn<f32> scale;
extern BiasForwardFn<f32> bias_forward;
extern BiasBackwardFn<f32> bias_backward;
extern ActivationForwardFn<f32> activation_forward;
extern ActivationBackwardFn<f32> activation_backward;
}  // namespace cpu

}  // namespace heddle
