// The rows that layer and root mean square normalisation take one by one.
#pragma once

#include "kernels/core/types.h"

namespace heddle {

struct RowNormShape {
  i64 rows = 0, columns = 0;
  friend bool operator==(RowNormShape const&, RowNormShape const&) = default;
};

/// Bytes of scratch that the backward pass of a device needs for `sums` sums of columns: gradients of gamma and beta.
std::size_t row_norm_backward_workspace_bytes(RowNormShape const& shape, int sums);

}  // namespace heddle
