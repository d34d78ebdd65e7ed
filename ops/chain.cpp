#include "kernels/elementwise/chain.h"

#include "ops/elementwise.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

template <class T>
T* data_of(Tensor const& tensor) {
  return tensor.defined() ? tensor.data<T>() : nullptr;
}

struct Matrix {
  i64 rows, columns;
};

/// x [..., columns] as rows.
Matrix matrix_of(Tensor const& x) {
  i64 const columns = x.shape().rank() == 0 ? 1 : x.size(-1);
  return {columns == 0 ? 0 : x.count() / columns, columns};
}

/// What the way back needs, and no more: a handle that is kept keeps its memory.
struct WayBack {
  Matrix matrix;
  Activation activation;
  Dropout dropout;
  bool has_bias, has_residual;
  Tensor x = {}, bias = {};  // for the derivative of the activation

  bool changes() const { return activation != Activation::none || dropout.active(); }
};

WayBack way_back(Tensor const& x, Chain const& steps, Tensor const& y) {
  WayBack back = {matrix_of(x), steps.activation, steps.dropout, steps.bias.defined(), steps.residual.defined()};
  bool const output_tells = steps.activation == Activation::relu && !steps.dropout.active() && !back.has_residual;
  if (output_tells) {
    // The next layer keeps the output anyway. A handle to `y` itself would tie the node to its own output.
    back.x = y.view(y.shape());
  } else if (steps.activation != Activation::none) {
    back.x = x;
    back.bias = steps.bias;
  }
  return back;
}

template <class T>
std::vector<Tensor> gradients(WayBack const& back, Tensor const& dy) {
  auto const [rows, columns] = back.matrix;
  Tensor const dx = back.changes() ? Tensor::empty(dy.shape(), dy.dtype(), dy.device()) : Tensor();
  Tensor const dbias = back.has_bias ? Tensor::empty({columns}, dy.dtype(), dy.device()) : Tensor();
  ChainBackwardArgs<T> args = {.rows = rows,
                               .columns = columns,
                               .activation = back.activation,
                               .dropout = back.dropout,
                               .x = data_of<T>(back.x),
                               .bias = data_of<T>(back.bias),
                               .dy = dy.data<T>(),
                               .dx = data_of<T>(dx),
                               .dbias = data_of<T>(dbias)};
  std::size_t const bytes = dy.device() == Device::cpu ? 0 : args.workspace_bytes();
  Tensor const scratch = Tensor::empty({static_cast<i64>(bytes)}, DType::u8, dy.device());
  args.workspace = {scratch.raw_data(), bytes};
  if (back.changes() || back.has_bias) run(chain_backward<T>, dy.device(), args);
  return {back.changes() ? dx : dy, dbias, back.has_residual ? dy : Tensor()};
}

template <class T>
Tensor chain_of(Tensor const& x, Chain const& steps) {
  auto const [rows, columns] = matrix_of(x);
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  run(chain_forward<T>, x.device(),
      {.rows = rows,
       .columns = columns,
       .activation = steps.activation,
       .dropout = steps.dropout,
       .x = x.data<T>(),
       .bias = data_of<T>(steps.bias),
       .residual = data_of<T>(steps.residual),
       .y = y.data<T>()});
  record("chain", {x, steps.bias, steps.residual}, y,
         [back = way_back(x, steps, y)](Tensor const& dy) { return gradients<T>(back, dy); });
  return y;
}

}  // namespace

Tensor chain(Tensor const& x, Chain const& steps) {
  require_same_device("chain", x, steps.bias, steps.residual);
  if (steps.bias.defined()) require_shape("chain", "bias", steps.bias, {matrix_of(x).columns});
  if (steps.residual.defined()) require_shape("chain", "residual", steps.residual, x.shape());
  return with_float_type("chain", x.dtype(), [&]<class T>() { return chain_of<T>(x, steps); });
}

Tensor add_bias(Tensor const& x, Tensor const& bias) { return chain(x, {.bias = bias}); }

Tensor activate(Tensor const& x, Activation activation) {
  return activation == Activation::none ? x : chain(x, {.activation = activation});
}

Dropout dropout_of(Shape const& shape, f32 rate, DropoutUnit unit, Generator& generator) {
  Dropout result = {.rate = rate, .seed = generator.seed, .stream = generator.next_stream++};
  if (unit == DropoutUnit::element || shape.count() == 0) return result;
  result.extent = shape.count() / shape[0];
  if (unit == DropoutUnit::channel) result.channels = shape[-1];
  return result;
}

Tensor dropout(Tensor const& x, f32 rate, DropoutUnit unit, Generator& generator) {
  return chain(x, {.dropout = dropout_of(x.shape(), rate, unit, generator)});
}

}  // namespace heddle::ops
