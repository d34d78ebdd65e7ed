#include <algorithm>

#include "kernels/norm/row_norm_config.h"
#include "kernels/norm/row_norm_shape.h"

namespace heddle {

std::size_t row_norm_backward_workspace_bytes(RowNormShape const& shape, int sums) {
  if (shape.rows <= 0 || shape.columns <= 0) return 0;
  i64 teams = 0;
  for (RowConfig const& config : row_norm_backward_configs)
    teams = std::max(teams, row_norm_backward_teams(config, shape.rows));
  return static_cast<std::size_t>(teams * sums * shape.columns) * sizeof(f32);
}

}  // namespace heddle
