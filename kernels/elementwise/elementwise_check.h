// What every device asks of the arguments of elementwise operations: an Error names the value.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/elementwise/cast.h"
#include "kernels/elementwise/chain.h"
#include "kernels/elementwise/elementwise.h"

namespace heddle {

template <class T>
void check_arguments(AddArgs<T> const& a) {
  check_sizes("add", {{"count", a.count}});
  check_tensors("add", a);
}

template <class T>
void check_arguments(ScaleArgs<T> const& a) {
  check_sizes("scale", {{"count", a.count}});
  check_tensors("scale", a);
}

template <class Types>
void check_arguments(CastArgs<Types> const& a) {
  check_sizes("cast", {{"count", a.count}});
  check_tensors("cast", a);
}

inline void check_activation(char const* operation, Activation activation) {
  check(activation <= Activation::silu, "[", operation, "] unknown activation: ", static_cast<int>(activation));
}

template <class T>
void check_arguments(ChainForwardArgs<T> const& a) {
  check_sizes("chain_forward", {{"rows", a.rows}, {"columns", a.columns}});
  check_activation("chain_forward", a.activation);
  check_tensors("chain_forward", a);
}

/// Does not look at the workspace, which the CPU does not use.
template <class T>
void check_arguments(ChainBackwardArgs<T> const& a) {
  check_sizes("chain_backward", {{"rows", a.rows}, {"columns", a.columns}});
  check_activation("chain_backward", a.activation);
  check_tensors("chain_backward", a);
}

}  // namespace heddle
