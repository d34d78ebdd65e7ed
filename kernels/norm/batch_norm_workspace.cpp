#include "kernels/norm/batch_norm.h"
#include "kernels/norm/channel_strips.h"

namespace heddle {

std::size_t batch_norm_workspace_bytes(BatchNormShape const& shape, i64 element_bytes) {
  if (shape.rows < 0 || shape.channels < 0) return 0;
  i64 const partials = 2 * ChannelStrips(1, shape.rows, shape.channels, element_bytes).partials();
  return static_cast<std::size_t>(partials + 2 * shape.channels) * sizeof(f32);
}

}  // namespace heddle
