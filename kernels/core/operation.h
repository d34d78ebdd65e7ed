// An operation: the function that carries it out on each device, and what can be said of its arguments.
//
// The arguments of an operation are a struct, say LayerNormForwardArgs<T>: sizes, numbers, and pointers to tensors,
// const where they are only read. Beside them it has
//   static void tensors(auto& a, auto&& tensor)   calls tensor(name, pointer, elements [, TensorUse]) for each pointer;
//   double flops() const                          additions, multiplications, divisions: a multiply-add counts two,
//                                                 comparisons, conversions and functions such as exp none;
//   std::size_t workspace_bytes() const           where it has a member `workspace`: what the kernels need of it.
// From these follow the checks of a launcher (arguments.h), the cost, and the buffers of tests and benchmarks.
#pragma once

#include <type_traits>

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

namespace cuda {
/// Whether the CUDA kernels are compiled in.
inline constexpr bool in_build = HEDDLE_HAS_CUDA;
}  // namespace cuda

template <class Args>
using OperationFn = void(Args const&, Stream);

/// The functions of one operation; null where a device has none.
template <class Args>
struct Operation {
  char const* name = "";
  OperationFn<Args>* cpu = nullptr;
  OperationFn<Args>* cuda = nullptr;
  OperationFn<Args>* emulated = nullptr;
};

/// What an operation does with a tensor beyond what the pointer's type says: const is read, the others are written.
struct TensorUse {
  bool updated = false;   // read, and written in its place
  bool optional = false;  // the pointer may be null
};

/// Each tensor once: what the operation must move at least.
template <class Args>
Cost cost(Args const& args) {
  Cost result = {.flops = args.flops()};
  Args::tensors(args, [&](char const*, auto* pointer, i64 elements, TensorUse use = {}) {
    using Element = std::remove_pointer_t<decltype(pointer)>;
    if (use.optional && pointer == nullptr) return;
    double const bytes = static_cast<double>(elements) * sizeof(Element);
    if (std::is_const_v<Element> || use.updated) result.read_bytes += bytes;
    if (!std::is_const_v<Element>) result.write_bytes += bytes;
  });
  return result;
}

}  // namespace heddle

/// Declares cpu::name<T>, cuda::name<T> and emulated::name<T>, all void(Args<T> const&, Stream), and heddle::name<T>,
/// the Operation of the three. Stands in namespace heddle.
#define HEDDLE_OPERATION(name, Args) HEDDLE_DECLARE_OPERATION(name, Args, (class T), (T))

/// Likewise for operands of type T and results of type D, which is T where it is not given.
#define HEDDLE_MIXED_OPERATION(name, Args) HEDDLE_DECLARE_OPERATION(name, Args, (class T, class D = T), (T, D))

#define HEDDLE_UNWRAP(...) __VA_ARGS__
#define HEDDLE_DECLARE_OPERATION(name, Args, parameters, types)                \
  namespace cpu {                                                              \
  template <HEDDLE_UNWRAP parameters>                                          \
  void name(Args<HEDDLE_UNWRAP types> const& args, Stream stream);             \
  }                                                                            \
  namespace cuda {                                                             \
  template <HEDDLE_UNWRAP parameters>                                          \
  void name(Args<HEDDLE_UNWRAP types> const& args, Stream stream);             \
  }                                                                            \
  namespace emulated {                                                         \
  template <HEDDLE_UNWRAP parameters>                                          \
  void name(Args<HEDDLE_UNWRAP types> const& args, Stream stream);             \
  }                                                                            \
  template <HEDDLE_UNWRAP parameters>                                          \
  inline constexpr Operation<Args<HEDDLE_UNWRAP types>> name = {               \
      #name, cpu::name<HEDDLE_UNWRAP types>,                                   \
      [] {                                                                     \
        if constexpr (cuda::in_build) return &cuda::name<HEDDLE_UNWRAP types>; \
        return static_cast<OperationFn<Args<HEDDLE_UNWRAP types>>*>(nullptr);  \
      }(),                                                                     \
      emulated::name<HEDDLE_UNWRAP types>}

/// Instantiates a device's function, in its namespace, for every floating-point type of activations.
#define HEDDLE_INSTANTIATE(name, Args)          \
  template void name(Args<f32> const&, Stream); \
  template void name(Args<f16> const&, Stream); \
  template void name(Args<bf16> const&, Stream)
