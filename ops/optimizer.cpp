#include "ops/optimizer.h"

#include <cstring>

#include "kernels/elementwise/elementwise.h"
#include "kernels/optimizer/adamw.h"
#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/sgd.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

StepState* pointer_to(char const* operation, Tensor const& state) {
  check(state.dtype() == DType::u8 && state.bytes() == sizeof(StepState), "[", operation,
        "] state must come from make_step_state: ", name(state.dtype()), " ", state.shape());
  return reinterpret_cast<StepState*>(state.data<u8>());
}

/// body.operator()<T>() for each type of gradients.
template <class Body>
void for_each_float_type(Body const& body) {
  body.template operator()<f32>();
  body.template operator()<f16>();
  body.template operator()<bf16>();
}

/// Throws an Error unless all are defined tensors of the parameter's shape, on the device of the state.
void require_like_parameter(char const* operation, Tensor const& parameter, Tensor const& state,
                            std::initializer_list<std::pair<char const*, Tensor const*>> others) {
  require_same_device(operation, state, parameter);
  for (auto const& [what, tensor] : others) {
    if (!tensor->defined()) continue;
    require_same_device(operation, parameter, *tensor);
    require_shape(operation, what, *tensor, parameter.shape());
  }
}

template <class T>
T* data_or_null(Tensor const& tensor) {
  return tensor.defined() ? tensor.data<T>() : nullptr;
}

}  // namespace

Tensor make_step_state(StepState const& state, Device device) {
  return Tensor::from_bytes(std::as_bytes(std::span(&state, 1)), {static_cast<i64>(sizeof(StepState))}, DType::u8,
                            device);
}

StepState read_step_state(Tensor const& state) {
  pointer_to("read_step_state", state);
  StepState result;
  std::memcpy(&result, state.to_vector<u8>().data(), sizeof(StepState));
  return result;
}

void sgd_step(std::span<SgdParameter const> list, SgdOptions const& options, Tensor const& state) {
  for (SgdParameter const& p : list) {
    require_like_parameter("sgd", p.parameter, state,
                           {{"gradient", &p.gradient}, {"velocity", &p.velocity}, {"copy", &p.copy}});
    with_float_type("sgd", p.gradient.dtype(), []<class T> {});
    check(options.momentum == 0 || p.velocity.defined(), "[sgd] momentum ", options.momentum, " needs a velocity");
  }
  for_each_float_type([&]<class T> {
    std::vector<SgdTensor<T>> tensors;
    for (SgdParameter const& p : list)
      if (p.gradient.dtype() == dtype_of<T>)
        tensors.push_back({.count = p.parameter.count(),
                           .weight_decay = p.weight_decay,
                           .gradient = p.gradient.data<T>(),
                           .parameter = p.parameter.data<f32>(),
                           .velocity = data_or_null<f32>(p.velocity),
                           .copy = data_or_null<T>(p.copy)});
    if (tensors.empty()) return;
    run(heddle::sgd<T>, state.device(),
        {.list = tensors,
         .momentum = options.momentum,
         .nesterov = options.nesterov,
         .state = pointer_to("sgd", state)});
  });
}

void adamw_step(std::span<AdamWParameter const> list, AdamWOptions const& options, Tensor const& state) {
  for (AdamWParameter const& p : list) {
    require_like_parameter("adamw", p.parameter, state,
                           {{"gradient", &p.gradient},
                            {"first_moment", &p.first_moment},
                            {"second_moment", &p.second_moment},
                            {"copy", &p.copy}});
    with_float_type("adamw", p.gradient.dtype(), []<class T> {});
  }
  for_each_float_type([&]<class T> {
    std::vector<AdamWTensor<T>> tensors;
    for (AdamWParameter const& p : list)
      if (p.gradient.dtype() == dtype_of<T>)
        tensors.push_back({.count = p.parameter.count(),
                           .weight_decay = p.weight_decay,
                           .gradient = p.gradient.data<T>(),
                           .parameter = p.parameter.data<f32>(),
                           .first_moment = p.first_moment.data<f32>(),
                           .second_moment = p.second_moment.data<f32>(),
                           .copy = data_or_null<T>(p.copy)});
    if (tensors.empty()) return;
    run(heddle::adamw<T>, state.device(),
        {.list = tensors,
         .beta1 = options.beta1,
         .beta2 = options.beta2,
         .epsilon = options.epsilon,
         .state = pointer_to("adamw", state)});
  });
}

void gradient_norm(std::span<Tensor const> gradients, StepOptions const& options, Tensor const& state) {
  DType half = DType::f32;
  for (Tensor const& gradient : gradients) {
    require_same_device("gradient_norm", state, gradient, options.learning_rates);
    if (gradient.dtype() == DType::f32) continue;
    check(half == DType::f32 || half == gradient.dtype(),
          "[gradient_norm] gradients must be of f32 and one other type at most: ", name(half), " and ",
          name(gradient.dtype()));
    half = gradient.dtype();
  }
  with_float_type("gradient_norm", half, [&]<class T> {
    std::vector<GradientTensor<T>> tensors;
    std::vector<GradientTensor<f32>> f32_tensors;
    for (Tensor const& gradient : gradients)
      if (gradient.dtype() == dtype_of<T>)
        tensors.push_back({gradient.count(), gradient.data<T>()});
      else
        f32_tensors.push_back({gradient.count(), gradient.data<f32>()});
    Tensor const& rates = options.learning_rates;
    run(heddle::gradient_norm<T>, state.device(),
        {.list = tensors,
         .f32_list = f32_tensors,
         .rules = {.max_norm = options.max_norm,
                   .scaling = options.scaling,
                   .schedule_steps = rates.defined() ? rates.count() : 0,
                   .learning_rates = data_or_null<f32>(rates)},
         .state = pointer_to("gradient_norm", state),
         .workspace = {}});
  });
}

Tensor scale_gradient(Tensor const& x, Tensor const& state) {
  require_same_device("scale_gradient", x, state);
  pointer_to("scale_gradient", state);
  Tensor y = x.view(x.shape());
  record("scale_gradient", {x}, y, [state](Tensor const& dy) {
    Tensor const dx = Tensor::empty(dy.shape(), dy.dtype(), dy.device());
    with_float_type("scale_gradient", dy.dtype(), [&]<class T> {
      run(heddle::scale<T>, dy.device(),
          {.count = dy.count(),
           .factor = &pointer_to("scale_gradient", state)->loss_scale,
           .x = dy.data<T>(),
           .y = dx.data<T>()});
    });
    return std::vector{dx};
  });
  return y;
}

}  // namespace heddle::ops
