// Modules one after the other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/module.h"

namespace heddle::nn {

class Sequential final : public Module {
 public:
  Sequential() = default;

  /// Appends a module under a name of its own.
  Sequential& add(std::string name, std::shared_ptr<Module> module);
  /// Appends a module under its number: "0", "1", …
  Sequential& add(std::shared_ptr<Module> module);

  std::string_view kind() const override { return "Sequential"; }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  std::vector<std::shared_ptr<Module>> modules_;
};

}  // namespace heddle::nn
