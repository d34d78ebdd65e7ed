#include "train/non_finite.h"

#include <algorithm>
#include <cmath>

namespace heddle::train {
namespace {

template <class T>
bool all_finite_as(Tensor const& x) {
  return std::ranges::all_of(x.to_vector<T>(), [](T value) { return std::isfinite(static_cast<f32>(value)); });
}

std::string layer_name(std::string const& path, nn::Module const& module) {
  std::string const kind(module.kind());
  return path.empty() ? "the result of the whole model (" + kind + ")" : "layer " + path + " (" + kind + ")";
}

}  // namespace

bool all_finite(Tensor const& x) {
  switch (x.dtype()) {
    case DType::f32:
      return all_finite_as<f32>(x);
    case DType::f16:
      return all_finite_as<f16>(x);
    case DType::bf16:
      return all_finite_as<bf16>(x);
    case DType::f8e4m3:
      return all_finite_as<f8e4m3>(x);
    default:
      return true;  // integers
  }
}

std::string find_non_finite(nn::Module& model, Tensor const& images) {
  if (!all_finite(images)) return "the input images";
  for (auto const& [name, tensor] : model.parameters())
    if (!all_finite(tensor)) return "the parameter " + name + ", made so by the update before";
  std::string place;
  nn::Module::Observation const observation(
      model, [&](std::string const& path, nn::Module& module, Tensor const&, Tensor const& y) {
        if (place.empty() && !all_finite(y)) place = layer_name(path, module);
      });
  model(images);
  return place.empty() ? "the loss itself" : place;
}

std::string find_non_finite_state(nn::Module const& model) {
  for (auto const& [name, tensor] : model.state())
    if (!all_finite(tensor)) return name;
  return {};
}

std::string find_non_finite_gradient(nn::Module const& model) {
  for (auto const& [name, tensor] : model.parameters())
    if (tensor.gradient().defined() && !all_finite(tensor.gradient())) return "the gradient of " + name;
  return "the norm of all gradients together";
}

}  // namespace heddle::train
