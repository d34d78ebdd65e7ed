#include "train/optimizer.h"

#include "ops/optimizer.h"

namespace heddle::train {
namespace {

/// The weight decay of each parameter.
f32 decay_of(Tensor const& parameter, OptimizerOptions const& options) {
  bool const spared = options.decay_weights_only && parameter.shape().rank() <= 1;
  return spared ? 0 : static_cast<f32>(options.weight_decay);
}

std::vector<nn::NamedTensor> zeros_like(std::vector<nn::NamedTensor> const& tensors) {
  std::vector<nn::NamedTensor> zeros;
  for (auto const& [name, tensor] : tensors)
    zeros.push_back({name, Tensor::zeros(tensor.shape(), DType::f32, tensor.device())});
  return zeros;
}

class Sgd final : public Optimizer {
 public:
  Sgd(std::vector<nn::NamedTensor> parameters, std::vector<Tensor> copies, OptimizerOptions const& options)
      : Optimizer(std::move(parameters), std::move(copies)), options_(options) {
    if (options.momentum > 0) velocity_ = zeros_like(parameters_);
  }

  void step(Tensor const& state) override {
    std::vector<ops::SgdParameter> list;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      Tensor const& parameter = parameters_[i].tensor;
      if (Tensor const gradient = parameter.gradient(); gradient.defined())
        list.push_back({.parameter = parameter,
                        .gradient = gradient,
                        .velocity = velocity_.empty() ? Tensor() : velocity_[i].tensor,
                        .copy = copies_[i],
                        .weight_decay = decay_of(parameter, options_)});
    }
    ops::sgd_step(list, {.momentum = static_cast<f32>(options_.momentum), .nesterov = options_.nesterov}, state);
  }

  void save(Checkpoint& checkpoint) const override { checkpoint.put("velocity/", velocity_); }
  void restore(Checkpoint const& checkpoint) override { checkpoint.get("velocity/", velocity_); }

 private:
  OptimizerOptions options_;
  std::vector<nn::NamedTensor> velocity_;  // empty without momentum
};

class AdamW final : public Optimizer {
 public:
  AdamW(std::vector<nn::NamedTensor> parameters, std::vector<Tensor> copies, OptimizerOptions const& options)
      : Optimizer(std::move(parameters), std::move(copies)),
        options_(options),
        first_moment_(zeros_like(parameters_)),
        second_moment_(zeros_like(parameters_)) {}

  void step(Tensor const& state) override {
    std::vector<ops::AdamWParameter> list;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      Tensor const& parameter = parameters_[i].tensor;
      if (Tensor const gradient = parameter.gradient(); gradient.defined())
        list.push_back({.parameter = parameter,
                        .gradient = gradient,
                        .first_moment = first_moment_[i].tensor,
                        .second_moment = second_moment_[i].tensor,
                        .copy = copies_[i],
                        .weight_decay = decay_of(parameter, options_)});
    }
    ops::adamw_step(list,
                    {.beta1 = static_cast<f32>(options_.beta1),
                     .beta2 = static_cast<f32>(options_.beta2),
                     .epsilon = static_cast<f32>(options_.epsilon)},
                    state);
  }

  void save(Checkpoint& checkpoint) const override {
    checkpoint.put("first_moment/", first_moment_);
    checkpoint.put("second_moment/", second_moment_);
  }
  void restore(Checkpoint const& checkpoint) override {
    checkpoint.get("first_moment/", first_moment_);
    checkpoint.get("second_moment/", second_moment_);
  }

 private:
  OptimizerOptions options_;
  std::vector<nn::NamedTensor> first_moment_, second_moment_;
};

}  // namespace

Optimizer::Optimizer(std::vector<nn::NamedTensor> parameters, std::vector<Tensor> copies)
    : parameters_(std::move(parameters)), copies_(std::move(copies)) {
  copies_.resize(parameters_.size());
}

std::vector<Tensor> Optimizer::gradients() const {
  std::vector<Tensor> gradients;
  for (nn::NamedTensor const& parameter : parameters_)
    if (parameter.tensor.gradient().defined()) gradients.push_back(parameter.tensor.gradient());
  return gradients;
}

std::unique_ptr<Optimizer> make_optimizer(std::vector<nn::NamedTensor> parameters, std::vector<Tensor> copies,
                                          OptimizerOptions const& options) {
  if (options.rule == OptimizerOptions::Rule::adamw)
    return std::make_unique<AdamW>(std::move(parameters), std::move(copies), options);
  return std::make_unique<Sgd>(std::move(parameters), std::move(copies), options);
}

}  // namespace heddle::train
