// An activation as a module.
#pragma once

#include "nn/module.h"
#include "ops/elementwise.h"

namespace heddle::nn {

/// y = f(x), elementwise.
class Activate final : public Module {
 public:
  explicit Activate(Activation activation) : activation_(activation) {}

  std::string_view kind() const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  Activation activation_;
};

}  // namespace heddle::nn
