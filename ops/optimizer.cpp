#include "ops/optimizer.h"

#include <algorithm>
#include <cmath>

#include "kernels/optimizer/adamw.h"
#include "kernels/optimizer/sgd.h"
#include "kernels/reduce/sum_of_squares.h"
#include "ops/route.h"

namespace heddle::ops {

void sgd_step(Tensor& parameter, Tensor const& gradient, Tensor& velocity, SgdOptions const& options) {
  require_same_device("sgd", parameter, gradient, velocity);
  require_shape("sgd", "gradient", gradient, parameter.shape());
  check(options.momentum == 0 || velocity.defined(), "[sgd] momentum ", options.momentum, " needs a velocity");
  if (velocity.defined()) require_shape("sgd", "velocity", velocity, parameter.shape());
  run(Operation<SgdArgs<f32>>{.name = "sgd", .cpu = cpu::sgd}, parameter.device(),
      SgdArgs<f32>{.count = parameter.count(),
                   .learning_rate = options.learning_rate,
                   .momentum = options.momentum,
                   .weight_decay = options.weight_decay,
                   .nesterov = options.nesterov,
                   .gradient = gradient.data<f32>(),
                   .parameter = parameter.data<f32>(),
                   .velocity = velocity.defined() ? velocity.data<f32>() : nullptr});
}

void adamw_step(Tensor& parameter, Tensor const& gradient, Tensor& first_moment, Tensor& second_moment, i64 step,
                AdamWOptions const& options) {
  require_same_device("adamw", parameter, gradient, first_moment, second_moment);
  require_shape("adamw", "gradient", gradient, parameter.shape());
  require_shape("adamw", "first_moment", first_moment, parameter.shape());
  require_shape("adamw", "second_moment", second_moment, parameter.shape());
  run(Operation<AdamWArgs<f32>>{.name = "adamw", .cpu = cpu::adamw}, parameter.device(),
      AdamWArgs<f32>{.count = parameter.count(),
                     .learning_rate = options.learning_rate,
                     .beta1 = options.beta1,
                     .beta2 = options.beta2,
                     .epsilon = options.epsilon,
                     .weight_decay = options.weight_decay,
                     .step = step,
                     .gradient = gradient.data<f32>(),
                     .parameter = parameter.data<f32>(),
                     .first_moment = first_moment.data<f32>(),
                     .second_moment = second_moment.data<f32>()});
}

namespace {

/// Of tensors of f32 on one device, at most as many as one launch takes.
double sum_of_squares_of(std::span<Tensor const> tensors) {
  Device const device = tensors[0].device();
  SumOfSquaresArgs<f32> args;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    require_same_device("global_norm", tensors[0], tensors[i]);
    args.x[i] = {tensors[i].data<f32>(), tensors[i].count()};
  }
  std::size_t const bytes = device == Device::cpu ? 0 : args.workspace_bytes();
  Tensor const scratch = Tensor::empty({static_cast<i64>(bytes)}, DType::u8, device);
  Tensor const sum = Tensor::empty({sizeof(double)}, DType::u8, device);
  args.sum = static_cast<double*>(sum.raw_data());
  args.workspace = {scratch.raw_data(), bytes};
  run(sum_of_squares<f32>, device, args);
  return *static_cast<double const*>(sum.to(Device::cpu).raw_data());
}

}  // namespace

double global_norm(std::span<Tensor const> tensors) {
  constexpr std::size_t most = SumOfSquaresArgs<f32>::most;
  double total = 0;
  for (std::size_t first = 0; first < tensors.size(); first += most)
    total += sum_of_squares_of(tensors.subspan(first, std::min(most, tensors.size() - first)));
  return std::sqrt(total);
}

}  // namespace heddle::ops
