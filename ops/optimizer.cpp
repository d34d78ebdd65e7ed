#include "ops/optimizer.h"

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

double global_norm(std::span<Tensor const> tensors) {
  double total = 0;
  for (Tensor const& tensor : tensors) {
    double sum = 0;
    run(Operation<SumOfSquaresArgs<f32>>{.name = "global_norm", .cpu = cpu::sum_of_squares}, tensor.device(),
        SumOfSquaresArgs<f32>{.count = tensor.count(), .x = tensor.data<f32>(), .sum = &sum});
    total += sum;
  }
  return std::sqrt(total);
}

}  // namespace heddle::ops
