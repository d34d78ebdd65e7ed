// Launchers of layer normalisation: for CUDA, and for the emulator.
#include "kernels/norm/layer_norm.cuh"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "kernels/norm/layer_norm_backward.cuh"
#include "kernels/norm/layer_norm_check.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class... Pointers>
bool aligned(Pointers... pointers) {
  return ((reinterpret_cast<std::uintptr_t>(pointers) % 16 == 0) && ...);
}

f32 inverse(i64 columns) { return columns == 0 ? 0.0f : static_cast<f32>(1.0 / static_cast<double>(columns)); }

template <class T, LayerNormConfig config>
void launch_forward(LayerNormForwardArgs<T> const& a, Stream stream) {
  auto const [rows, columns] = a.shape;
  i64 const blocks = std::min<i64>(ceil_div<i64>(rows, config.rows_per_block), 0x7fffffff);
  launch<LayerNormForward<T, config>>(
      dim3(static_cast<unsigned>(blocks)),
      {rows, columns, inverse(columns), a.epsilon, a.x, a.gamma, a.beta, a.y, a.mean, a.rstd}, stream,
      "layer_norm_forward");
}

template <class T, LayerNormConfig config>
void launch_backward(LayerNormBackwardArgs<T> const& a, i64 blocks, Stream stream) {
  auto const [rows, columns] = a.shape;
  launch<LayerNormBackward<T, config>>(
      dim3(static_cast<unsigned>(blocks)),
      {rows, columns, inverse(columns), a.x, a.dy, a.gamma, a.mean, a.rstd, a.dx, static_cast<f32*>(a.workspace.data)},
      stream, "layer_norm_backward");
}

template <class T>
void forward(LayerNormForwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  if (a.shape.rows == 0) return;
  LayerNormConfig const config =
      choose(layer_norm_forward_configs, a.shape, sizeof(T), aligned(a.x, a.gamma, a.beta, a.y));
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    ((config == layer_norm_forward_configs[i] ? launch_forward<T, layer_norm_forward_configs[i]>(a, stream) : void()),
     ...);
  }
  (std::make_index_sequence<std::size(layer_norm_forward_configs)>{});
}

void check_workspace(Workspace const& workspace, LayerNormShape const& shape) {
  std::size_t const needed = layer_norm_backward_workspace_bytes(shape);
  check(workspace.bytes >= needed && (workspace.data != nullptr || needed == 0),
        "[layer_norm] workspace is too small or null: ", workspace.bytes, " bytes, needs ", needed,
        " for rows=", shape.rows, ", columns=", shape.columns);
}

template <class T>
void backward(LayerNormBackwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace(a.workspace, a.shape);
  auto const [rows, columns] = a.shape;
  if (columns == 0) return;
  LayerNormConfig const config =
      choose(layer_norm_backward_configs, a.shape, sizeof(T), aligned(a.x, a.dy, a.gamma, a.dx, a.workspace.data));
  i64 const blocks = layer_norm_backward_blocks(config, rows);
  if (blocks > 0) [&]<std::size_t... i>(std::index_sequence<i...>) {
      ((config == layer_norm_backward_configs[i] ? launch_backward<T, layer_norm_backward_configs[i]>(a, blocks, stream)
                                                 : void()),
       ...);
    }
  (std::make_index_sequence<std::size(layer_norm_backward_configs)>{});
  launch<LayerNormBackwardFinish>(dim3(static_cast<unsigned>(ceil_div<i64>(2 * columns, 32))),
                                  {columns, blocks, static_cast<f32 const*>(a.workspace.data), a.dgamma, a.dbeta},
                                  stream, "layer_norm_backward_finish");
}

}  // namespace

void layer_norm_forward(LayerNormForwardArgs<f32> const& a, Stream stream) { forward(a, stream); }
void layer_norm_forward(LayerNormForwardArgs<f16> const& a, Stream stream) { forward(a, stream); }
void layer_norm_forward(LayerNormForwardArgs<bf16> const& a, Stream stream) { forward(a, stream); }
void layer_norm_backward(LayerNormBackwardArgs<f32> const& a, Stream stream) { backward(a, stream); }
void layer_norm_backward(LayerNormBackwardArgs<f16> const& a, Stream stream) { backward(a, stream); }
void layer_norm_backward(LayerNormBackwardArgs<bf16> const& a, Stream stream) { backward(a, stream); }

}  // namespace heddle::HEDDLE_BACKEND
