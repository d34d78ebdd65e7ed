#include "kernels/norm/channel_strips.h"
#include "kernels/norm/group_norm.h"

namespace heddle {

std::size_t group_norm_workspace_bytes(GroupNormShape const& s, i64 element_bytes) {
  if (s.images <= 0 || s.rows < 0 || s.channels < 0) return 0;
  i64 const partials = 2 * ChannelStrips(s.images, s.rows, s.channels, element_bytes).partials();
  return static_cast<std::size_t>(partials + 2 * s.images * (s.channels + s.groups)) * sizeof(f32);
}

}  // namespace heddle
