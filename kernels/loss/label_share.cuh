// How much a row counts in the mean of a loss, in one block: labels are few beside logits.
//
// Floor: a launch. 8192 labels: 32 KB read by 1024 threads, 8 loads of each on their way at once. Not yet measured.
#pragma once

#include "kernels/loss/label_share_check.h"
#include "kernels/tile/double_sum.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
struct LabelShareKernel {
  static constexpr int threads = 1024;

  using Params = LabelShareArgs<T>;
  struct SharedStorage {
    DoubleSumStorage<threads> sum;
  };

  HEDDLE_DEVICE void operator()(Params const& a, SharedStorage& shared) const {
    double own = 0;
    for (i64 row = threadIdx.x; row < a.rows; row += threads) own += a.weight(row);
    double const sum = block_sum<threads>(own, shared.sum);
    if (threadIdx.x == 0) *a.share = sum == 0 ? T{0} : static_cast<T>(1 / sum);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
