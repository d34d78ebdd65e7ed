#include <algorithm>

#include "kernels/norm/layer_norm.h"
#include "kernels/norm/layer_norm_config.h"

namespace heddle {

// Per element: 1 for the mean, 3 for the variance, 4 for y.
Cost layer_norm_forward_cost(LayerNormShape const& shape, i64 element_bytes) {
  double const rows = static_cast<double>(shape.rows), columns = static_cast<double>(shape.columns);
  double const tensor_bytes = rows * columns * static_cast<double>(element_bytes);
  return {.flops = 8 * rows * columns,
          .read_bytes = tensor_bytes + 2 * columns * sizeof(f32),
          .write_bytes = tensor_bytes + 2 * rows * sizeof(f32)};
}

// Per element: 3 for g and xhat, 3 for their sums, 4 for dx, 3 for dgamma and dbeta.
Cost layer_norm_backward_cost(LayerNormShape const& shape, i64 element_bytes) {
  double const rows = static_cast<double>(shape.rows), columns = static_cast<double>(shape.columns);
  double const tensor_bytes = rows * columns * static_cast<double>(element_bytes);
  return {.flops = 13 * rows * columns,
          .read_bytes = 2 * tensor_bytes + columns * sizeof(f32) + 2 * rows * sizeof(f32),
          .write_bytes = tensor_bytes + 2 * columns * sizeof(f32)};
}

std::size_t layer_norm_backward_workspace_bytes(LayerNormShape const& shape) {
  if (shape.rows <= 0 || shape.columns <= 0) return 0;
  i64 blocks = 0;
  for (LayerNormConfig const& config : layer_norm_backward_configs)
    blocks = std::max(blocks, layer_norm_backward_blocks(config, shape.rows));
  return static_cast<std::size_t>(blocks) * 2 * static_cast<std::size_t>(shape.columns) * sizeof(f32);
}

}  // namespace heddle
