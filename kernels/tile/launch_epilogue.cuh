// What comes before and after the launches of a kernel with an epilogue: its reductions over all elements.
#pragma once

#include "kernels/machine/memory.h"
#include "kernels/tile/epilogue.h"
#include "kernels/tile/launch_column_reduction.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Makes the largest magnitude 0, from where a kernel's blocks raise it.
template <class D>
void begin_reductions(Epilogue<D> const& e, Stream stream) {
  if (e.absolute_maximum != nullptr) memory.fill(e.absolute_maximum, 0, sizeof(f32), stream);
}

/// Adds up the sums of columns that blocks of rows have left where the output says.
template <class D>
void finish_reductions(Epilogue<D> const& e, EpilogueOutput const& output, i64 row_blocks, Stream stream,
                       char const* name) {
  auto const add = [&](f32 const* partial, f32* sums) {
    if (sums != nullptr && output.n > 0)
      launch_column_reduction_finish<SumReducer>(1, output.groups * output.n, row_blocks, partial, StoreSum<f32>{sums},
                                                 stream, name);
  };
  add(output.column_sums, e.column_sums);
  add(output.column_products, e.column_products);
}

}  // namespace heddle::HEDDLE_BACKEND
