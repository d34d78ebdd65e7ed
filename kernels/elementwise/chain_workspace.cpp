#include <algorithm>

#include "kernels/elementwise/chain.h"
#include "kernels/tile/column_reduction_config.h"

namespace heddle {

std::size_t chain_backward_workspace_bytes(i64 rows, i64 columns) {
  if (rows <= 0 || columns <= 0) return 0;
  i64 chunks = 0;
  for (int const vector : {1, 4, 8}) chunks = std::max(chunks, plan_column_reduction(1, rows, columns, vector).chunks);
  return static_cast<std::size_t>(chunks * columns) * sizeof(f32);
}

}  // namespace heddle
