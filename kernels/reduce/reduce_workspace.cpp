#include <algorithm>

#include "kernels/reduce/reduce.h"
#include "kernels/reduce/row_reduction_config.h"
#include "kernels/tile/column_reduction_config.h"

namespace heddle {

std::size_t reduce_workspace_bytes(ReduceShape const& shape, std::size_t state_bytes) {
  if (shape.elements() <= 0) return 0;
  i64 chunks = 0;
  for (int const vector : {1, 4, 8})
    chunks =
        std::max(chunks, shape.inner == 1 ? plan_row_reduction(shape.outer, shape.axis, vector).chunks
                                          : plan_column_reduction(shape.outer, shape.axis, shape.inner, vector).chunks);
  return chunks == 1 ? 0 : static_cast<std::size_t>(shape.results() * chunks) * state_bytes;
}

}  // namespace heddle
