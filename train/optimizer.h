// The update of a model's parameters from their gradients.
#pragma once

#include <memory>

#include "train/checkpoint.h"

namespace heddle::train {

struct OptimizerOptions {
  enum class Rule : u8 { sgd, adamw } rule = Rule::sgd;
  double weight_decay = 0;
  bool decay_weights_only = true;  // none for parameters of one axis: biases, and scales and shifts of norms
  double momentum = 0.9;           // sgd
  bool nesterov = false;           // sgd
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  // adamw
};

/// Parameters without a gradient are left as they are.
class Optimizer {
 public:
  explicit Optimizer(std::vector<nn::NamedTensor> parameters) : parameters_(std::move(parameters)) {}
  virtual ~Optimizer() = default;

  /// Updates with the gradients times `gradient_scale`.
  virtual void step(double learning_rate, double gradient_scale = 1) = 0;

  /// The L2 norm of all gradients together; not finite when an element is not.
  double gradient_norm() const;

  /// The state besides the parameters, there and back with the same bits.
  virtual void save(Checkpoint& checkpoint) const = 0;
  virtual void restore(Checkpoint const& checkpoint) = 0;

 protected:
  std::vector<nn::NamedTensor> parameters_;
};

std::unique_ptr<Optimizer> make_optimizer(std::vector<nn::NamedTensor> parameters, OptimizerOptions const& options);

}  // namespace heddle::train
