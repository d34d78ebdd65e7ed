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
  /// `copies`: beside the parameters, what is to hold them rounded to the type of their gradients; undefined for none.
  /// May be shorter.
  Optimizer(std::vector<nn::NamedTensor> parameters, std::vector<Tensor> copies);
  virtual ~Optimizer() = default;

  std::vector<Tensor> gradients() const;

  /// Updates parameters and copies by their gradients and the numbers of the step (ops::make_step_state).
  virtual void step(Tensor const& state) = 0;

  /// The state besides the parameters, there and back with the same bits.
  virtual void save(Checkpoint& checkpoint) const = 0;
  virtual void restore(Checkpoint const& checkpoint) = 0;

 protected:
  std::vector<nn::NamedTensor> parameters_;
  std::vector<Tensor> copies_;
};

std::unique_ptr<Optimizer> make_optimizer(std::vector<nn::NamedTensor> parameters, std::vector<Tensor> copies,
                                          OptimizerOptions const& options);

}  // namespace heddle::train
