// From an operation to the launcher of its device.
#pragma once

#include <string_view>

#include "kernels/core/error.h"
#include "kernels/core/stream.h"
#include "ops/tensor.h"

namespace heddle::ops {

/// The launchers of one operation and type; null where a device has none.
template <class Fn>
struct Route {
  Fn* cpu = nullptr;
  Fn* cuda = nullptr;
  Fn* emulated = nullptr;
};

/// Runs the launcher of `device`; throws an Error that names operation, device and remedy when there is none.
template <class Fn, class Args>
void launch(std::string_view operation, Device device, Route<Fn> const& route, Args const& args) {
  Fn* const launcher = device == Device::cpu ? route.cpu : device == Device::cuda ? route.cuda : route.emulated;
  check(launcher != nullptr, "[", operation, "] has no kernel for this type on ", name(device),
        " yet: use --device cpu");
  launcher(args, Stream{});
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
