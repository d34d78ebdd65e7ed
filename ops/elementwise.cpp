#include "ops/elementwise.h"

#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

void add_into(Tensor& out, f32 alpha, Tensor const& a, f32 beta, Tensor const& b) {
  require_same_device("add", a, b, out);
  require_shape("add", "b", b, a.shape());
  run(Operation<AddArgs<f32>>{.name = "add", .cpu = cpu::add}, a.device(),
      AddArgs<f32>{.count = a.count(),
                   .alpha = alpha,
                   .a = a.data<f32>(),
                   .beta = beta,
                   .b = b.data<f32>(),
                   .out = out.data<f32>()});
}

void scale_into(Tensor& y, Tensor const& x, f32 factor) {
  run(Operation<ScaleArgs<f32>>{.name = "scale", .cpu = cpu::scale}, x.device(),
      ScaleArgs<f32>{.count = x.count(), .scale = factor, .x = x.data<f32>(), .y = y.data<f32>()});
}

Tensor bias_gradient(Tensor const& dy, i64 columns) {
  Tensor dbias = Tensor::empty({columns}, DType::f32, dy.device());
  run(Operation<BiasBackwardArgs<f32>>{.name = "bias_backward", .cpu = cpu::bias_backward}, dy.device(),
      BiasBackwardArgs<f32>{.rows = dy.count() / std::max<i64>(columns, 1),
                            .columns = columns,
                            .dy = dy.data<f32>(),
                            .dbias = dbias.data<f32>()});
  return dbias;
}

}  // namespace

Tensor add(Tensor const& a, Tensor const& b) {
  Tensor sum = Tensor::empty(a.shape(), a.dtype(), a.device());
  add_into(sum, 1, a, 1, b);
  record("add", {a, b}, sum, [](Tensor const& dy) { return std::vector{dy, dy}; });
  return sum;
}

Tensor scale(Tensor const& x, f32 factor) {
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  scale_into(y, x, factor);
  record("scale", {x}, y, [factor](Tensor const& dy) { return std::vector{scale(dy, factor)}; });
  return y;
}

Tensor add_bias(Tensor const& x, Tensor const& bias) {
  require_same_device("add_bias", x, bias);
  i64 const columns = x.size(-1);
  require_shape("add_bias", "bias", bias, {columns});
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  run(Operation<BiasForwardArgs<f32>>{.name = "add_bias", .cpu = cpu::bias_forward}, x.device(),
      BiasForwardArgs<f32>{.rows = x.count() / std::max<i64>(columns, 1),
                           .columns = columns,
                           .x = x.data<f32>(),
                           .bias = bias.data<f32>(),
                           .y = y.data<f32>()});
  record("add_bias", {x, bias}, y, [columns](Tensor const& dy) { return std::vector{dy, bias_gradient(dy, columns)}; });
  return y;
}

Tensor activate(Tensor const& x, Activation activation) {
  if (activation == Activation::none) return x;
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  run(Operation<ActivationForwardArgs<f32>>{.name = "activation", .cpu = cpu::activation_forward}, x.device(),
      ActivationForwardArgs<f32>{.activation = activation, .count = x.count(), .x = x.data<f32>(), .y = y.data<f32>()});
  // The gradient of relu needs only the output, which the next layer keeps anyway; a handle to `y` itself would tie
  // the node to its own output, so a view is kept.
  Tensor const kept = activation == Activation::relu ? y.view(y.shape()) : x;
  record("activation", {x}, y, [activation, kept](Tensor const& dy) {
    Tensor dx = Tensor::empty(dy.shape(), dy.dtype(), dy.device());
    run(Operation<ActivationBackwardArgs<f32>>{.name = "activation_backward", .cpu = cpu::activation_backward},
        dy.device(),
        ActivationBackwardArgs<f32>{.activation = activation,
                                    .count = dy.count(),
                                    .x = kept.data<f32>(),
                                    .dy = dy.data<f32>(),
                                    .dx = dx.data<f32>()});
    return std::vector{dx};
  });
  return y;
}

void add_scaled_(Tensor& target, Tensor const& x, f32 factor) { add_into(target, 1, target, factor, x); }
void blend_(Tensor& target, Tensor const& x, f32 weight) { add_into(target, 1 - weight, target, weight, x); }
void scale_(Tensor& target, f32 factor) { scale_into(target, target, factor); }

}  // namespace heddle::ops
