// Bulk tensor copies of the emulator, behind the templates of tensor_copy.cuh.
#pragma once

#include <source_location>
#include <span>

#include "kernels/machine/mbarrier.h"
#include "kernels/machine/tensor_map.h"

namespace heddle::emulated {

/// Which copy, for errors.
struct TensorCopy {
  char const* name;
  TensorMap const& map;
  std::span<i32 const> coordinates;
  std::source_location where;
};

void load_tile(TensorCopy const& copy, void* shared, MBarrier& barrier, u32 blocks);
void load_im2col(TensorCopy const& copy, std::span<unsigned short const> offsets, void* shared, MBarrier& barrier,
                 u32 blocks);
void store_tile(TensorCopy const& copy, void const* shared, bool add);
void store_im2col(TensorCopy const& copy, void const* shared, bool add);

}  // namespace heddle::emulated
