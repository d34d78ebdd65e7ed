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
  Sgd(std::vector<nn::NamedTensor> parameters, OptimizerOptions const& options)
      : Optimizer(std::move(parameters)), options_(options) {
    if (options.momentum > 0) velocity_ = zeros_like(parameters_);
  }

  void step(double learning_rate, double gradient_scale) override {
    std::vector<ops::SgdParameter> list;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      Tensor const& parameter = parameters_[i].tensor;
      if (Tensor const gradient = parameter.gradient(); gradient.defined())
        list.push_back({.parameter = parameter,
                        .gradient = gradient,
                        .velocity = velocity_.empty() ? Tensor() : velocity_[i].tensor,
                        .weight_decay = decay_of(parameter, options_)});
    }
    if (list.empty()) return;
    ops::sgd_step(list, {.momentum = static_cast<f32>(options_.momentum), .nesterov = options_.nesterov},
                  ops::make_step_state({.learning_rate = static_cast<f32>(learning_rate),
                                        .gradient_scale = static_cast<f32>(gradient_scale)},
                                       list.front().parameter.device()));
  }

  void save(Checkpoint& checkpoint) const override { checkpoint.put("velocity/", velocity_); }
  void restore(Checkpoint const& checkpoint) override { checkpoint.get("velocity/", velocity_); }

 private:
  OptimizerOptions options_;
  std::vector<nn::NamedTensor> velocity_;  // empty without momentum
};

class AdamW final : public Optimizer {
 public:
  AdamW(std::vector<nn::NamedTensor> parameters, OptimizerOptions const& options)
      : Optimizer(std::move(parameters)),
        options_(options),
        first_moment_(zeros_like(parameters_)),
        second_moment_(zeros_like(parameters_)) {}

  void step(double learning_rate, double gradient_scale) override {
    ++steps_;
    std::vector<ops::AdamWParameter> list;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      Tensor const& parameter = parameters_[i].tensor;
      if (Tensor const gradient = parameter.gradient(); gradient.defined())
        list.push_back({.parameter = parameter,
                        .gradient = gradient,
                        .first_moment = first_moment_[i].tensor,
                        .second_moment = second_moment_[i].tensor,
                        .weight_decay = decay_of(parameter, options_)});
    }
    if (list.empty()) return;
    ops::adamw_step(list,
                    {.beta1 = static_cast<f32>(options_.beta1),
                     .beta2 = static_cast<f32>(options_.beta2),
                     .epsilon = static_cast<f32>(options_.epsilon)},
                    ops::make_step_state({.step = steps_,
                                          .learning_rate = static_cast<f32>(learning_rate),
                                          .gradient_scale = static_cast<f32>(gradient_scale)},
                                         list.front().parameter.device()));
  }

  void save(Checkpoint& checkpoint) const override {
    checkpoint.put("optimizer_steps", steps_);
    checkpoint.put("first_moment/", first_moment_);
    checkpoint.put("second_moment/", second_moment_);
  }
  void restore(Checkpoint const& checkpoint) override {
    steps_ = checkpoint.integer("optimizer_steps");
    checkpoint.get("first_moment/", first_moment_);
    checkpoint.get("second_moment/", second_moment_);
  }

 private:
  OptimizerOptions options_;
  std::vector<nn::NamedTensor> first_moment_, second_moment_;
  i64 steps_ = 0;
};

}  // namespace

double Optimizer::gradient_norm() const {
  std::vector<Tensor> gradients;
  for (nn::NamedTensor const& parameter : parameters_)
    if (parameter.tensor.gradient().defined()) gradients.push_back(parameter.tensor.gradient());
  return ops::global_norm(gradients);
}

std::unique_ptr<Optimizer> make_optimizer(std::vector<nn::NamedTensor> parameters, OptimizerOptions const& options) {
  if (options.rule == OptimizerOptions::Rule::adamw) return std::make_unique<AdamW>(std::move(parameters), options);
  return std::make_unique<Sgd>(std::move(parameters), options);
}

}  // namespace heddle::train
