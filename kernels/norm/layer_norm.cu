// Launchers of layer normalisation: for CUDA, and for the emulator.
#include "kernels/norm/layer_norm.cuh"

#include <algorithm>

#include "kernels/core/choice.h"
#include "kernels/norm/layer_norm_backward.cuh"
#include "kernels/norm/layer_norm_check.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

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

}  // namespace

template <class T>
void layer_norm_forward(LayerNormForwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  if (a.shape.rows == 0) return;
  LayerNormConfig const config =
      choose(layer_norm_forward_configs, a.shape, sizeof(T), aligned(a.x, a.gamma, a.beta, a.y));
  with_config<layer_norm_forward_configs>(config,
                                          [&]<LayerNormConfig chosen>() { launch_forward<T, chosen>(a, stream); });
}

template <class T>
void layer_norm_backward(LayerNormBackwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("layer_norm_backward", a);
  auto const [rows, columns] = a.shape;
  if (columns == 0) return;
  LayerNormConfig const config =
      choose(layer_norm_backward_configs, a.shape, sizeof(T), aligned(a.x, a.dy, a.gamma, a.dx, a.workspace.data));
  i64 const blocks = layer_norm_backward_blocks(config, rows);
  if (blocks > 0)
    with_config<layer_norm_backward_configs>(
        config, [&]<LayerNormConfig chosen>() { launch_backward<T, chosen>(a, blocks, stream); });
  launch<LayerNormBackwardFinish>(dim3(static_cast<unsigned>(ceil_div<i64>(2 * columns, 32))),
                                  {columns, blocks, static_cast<f32 const*>(a.workspace.data), a.dgamma, a.dbeta},
                                  stream, "layer_norm_backward_finish");
}

HEDDLE_INSTANTIATE(layer_norm_forward, LayerNormForwardArgs);
HEDDLE_INSTANTIATE(layer_norm_backward, LayerNormBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
