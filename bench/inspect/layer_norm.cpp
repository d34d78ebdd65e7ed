#include "kernels/norm/layer_norm.h"

#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "bench/inspect/kernels.h"

namespace heddle::inspect {
namespace {

using bench::Buffer;
using bench::uniform;

template <class T>
Cost forward(std::vector<i64> const& sizes) {
  LayerNormShape const shape = {sizes[0], sizes[1]};
  Memory const& memory = emulated::memory;
  Buffer<T> const x(memory, uniform<T>(shape.rows * shape.columns, 1)), y(memory, shape.rows * shape.columns);
  Buffer<f32> const gamma(memory, uniform<f32>(shape.columns, 2)), beta(memory, uniform<f32>(shape.columns, 3));
  Buffer<f32> const mean(memory, shape.rows), rstd(memory, shape.rows);
  emulated::layer_norm_forward(LayerNormForwardArgs<T>{.shape = shape,
                                                       .x = x.data(),
                                                       .gamma = gamma.data(),
                                                       .beta = beta.data(),
                                                       .y = y.data(),
                                                       .mean = mean.data(),
                                                       .rstd = rstd.data()},
                               {});
  return layer_norm_forward_cost(shape, sizeof(T));
}

template <class T>
Cost backward(std::vector<i64> const& sizes) {
  LayerNormShape const shape = {sizes[0], sizes[1]};
  Memory const& memory = emulated::memory;
  Buffer<T> const x(memory, uniform<T>(shape.rows * shape.columns, 1)),
      dy(memory, uniform<T>(shape.rows * shape.columns, 2)), dx(memory, shape.rows * shape.columns);
  Buffer<f32> const gamma(memory, uniform<f32>(shape.columns, 3)), mean(memory, uniform<f32>(shape.rows, 4)),
      rstd(memory, uniform<f32>(shape.rows, 5, 0.5f, 1.5f)), dgamma(memory, shape.columns),
      dbeta(memory, shape.columns);
  Buffer<u8> const workspace(memory, static_cast<i64>(layer_norm_backward_workspace_bytes(shape)));
  emulated::layer_norm_backward(LayerNormBackwardArgs<T>{.shape = shape,
                                                         .x = x.data(),
                                                         .dy = dy.data(),
                                                         .gamma = gamma.data(),
                                                         .mean = mean.data(),
                                                         .rstd = rstd.data(),
                                                         .dx = dx.data(),
                                                         .dgamma = dgamma.data(),
                                                         .dbeta = dbeta.data(),
                                                         .workspace = {workspace.data(), workspace.bytes()}},
                                {});
  return layer_norm_backward_cost(shape, sizeof(T));
}

Cost run_forward(std::vector<i64> const& shape, std::string const& type) {
  return type == "bf16" ? forward<bf16>(shape) : type == "f16" ? forward<f16>(shape) : forward<f32>(shape);
}

Cost run_backward(std::vector<i64> const& shape, std::string const& type) {
  return type == "bf16" ? backward<bf16>(shape) : type == "f16" ? backward<f16>(shape) : backward<f32>(shape);
}

}  // namespace

std::vector<InspectedKernel> layer_norm_kernels() {
  InspectedKernel const forward = {.name = "layer_norm_forward",
                                   .shape = "ROWSxCOLUMNS",
                                   .example = {64, 4096},
                                   .types = {"bf16", "f16", "f32"},
                                   .source = "kernels/norm/layer_norm.cu",
                                   .run = run_forward};
  InspectedKernel backward = forward;
  backward.name = "layer_norm_backward";
  backward.run = run_backward;
  return {forward, backward};
}

}  // namespace heddle::inspect
