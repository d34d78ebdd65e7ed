#include <algorithm>

#include "kernels/norm/layer_norm_config.h"

namespace heddle {

std::size_t layer_norm_backward_workspace_bytes(LayerNormShape const& shape) {
  if (shape.rows <= 0 || shape.columns <= 0) return 0;
  i64 blocks = 0;
  for (LayerNormConfig const& config : layer_norm_backward_configs)
    blocks = std::max(blocks, layer_norm_backward_blocks(config, shape.rows));
  return static_cast<std::size_t>(blocks) * 2 * static_cast<std::size_t>(shape.columns) * sizeof(f32);
}

}  // namespace heddle
