// The rows that a team of threads takes (row_config.h).
#pragma once

#include "kernels/machine/machine.cuh"
#include "kernels/tile/row_config.h"

namespace heddle::HEDDLE_BACKEND {

/// The rows first, first + step, … are those of this thread's team.
template <RowConfig config>
struct TeamRows {
  int thread;  // this one, of the team
  i64 first, step;

  HEDDLE_DEVICE TeamRows() {
    int const block_of_team = static_cast<int>(blockIdx.x) % config.cluster;
    thread = block_of_team * config.threads_per_row + static_cast<int>(threadIdx.x) % config.threads_per_row;
    first =
        static_cast<i64>(blockIdx.x / config.cluster) * config.rows_per_block + threadIdx.x / config.threads_per_row;
    step = static_cast<i64>(gridDim.x / config.cluster) * config.rows_per_block;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
