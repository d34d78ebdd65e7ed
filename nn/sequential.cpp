#include "nn/sequential.h"

#include <utility>

namespace heddle::nn {

Sequential& Sequential::add(std::string name, std::shared_ptr<Module> module) {
  modules_.push_back(add_module(std::move(name), std::move(module)));
  return *this;
}

Sequential& Sequential::add(std::shared_ptr<Module> module) {
  return add(std::to_string(modules_.size()), std::move(module));
}

Tensor Sequential::forward(Tensor const& x) {
  Tensor y = x;
  for (auto const& module : modules_) y = (*module)(y);
  return y;
}

}  // namespace heddle::nn
