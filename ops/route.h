// From tensors to the function of their device.
#pragma once

#include <string_view>
#include <type_traits>

#include "kernels/core/error.h"
#include "kernels/core/operation.h"
#include "ops/tensor.h"

namespace heddle::ops {

/// Runs the operation on `device`; throws an Error that names operation, device and remedy when it has no function
/// there.
template <class Args>
void run(Operation<Args> const& operation, Device device, std::type_identity_t<Args> args) {
  OperationFn<Args>* const function = device == Device::cpu    ? operation.cpu
                                      : device == Device::cuda ? operation.cuda
                                                               : operation.emulated;
  if constexpr (!cuda::in_build)
    check(device != Device::cuda, "[", operation.name,
          "] no CUDA in this build: configure with -DHEDDLE_CUDA=ON where nvcc "
          "is installed, or use --device cpu or emulated");
  check(function != nullptr, "[", operation.name, "] has no kernel for this type on ", name(device),
        " yet: use --device cpu");
  Tensor scratch;
  if constexpr (requires { args.workspace; }) {
    std::size_t const bytes = device == Device::cpu ? 0 : args.workspace_bytes();
    scratch = Tensor::empty({static_cast<i64>(bytes)}, DType::u8, device);
    args.workspace = {scratch.raw_data(), bytes};
  }
  function(args, Stream{});
}

/// body.operator()<T>() for the type of an activation; throws an Error that names the operation for any other type.
template <class Body>
auto with_float_type(std::string_view operation, DType type, Body const& body) {
  switch (type) {
    case DType::f32:
      return body.template operator()<f32>();
    case DType::f16:
      return body.template operator()<f16>();
    case DType::bf16:
      return body.template operator()<bf16>();
    default:
      fail("[", operation, "] takes f32, f16 or bf16: ", name(type));
  }
}

/// Throws an Error unless every defined tensor lives on the device of the first.
template <class... Tensors>
void require_same_device(std::string_view operation, Tensor const& first, Tensors const&... others) {
  auto const require = [&](Tensor const& other) {
    if (!other.defined()) return;
    check(other.device() == first.device(), "[", operation, "] tensors on ", name(first.device()), " and ",
          name(other.device()), ": move them to one device");
  };
  (require(others), ...);
}

/// Throws an Error unless `tensor` has that shape.
inline void require_shape(std::string_view operation, std::string_view what, Tensor const& tensor, Shape const& shape) {
  check(tensor.shape() == shape, "[", operation, "] ", what, " must be ", shape, ": ", tensor.shape());
}

}  // namespace heddle::ops
