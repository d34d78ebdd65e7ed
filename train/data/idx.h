// The IDX format of the MNIST family (LeCun, Cortes, Burges: yann.lecun.com/exdb/mnist): a magic number 00 00 type
// rank, one big-endian 32-bit size for each axis, then the elements, the last axis fastest.
#pragma once

#include <filesystem>

#include "ops/tensor.h"

namespace heddle::train {

/// Reads a file of unsigned bytes with `rank` axes, plain or gzip-compressed. Throws an Error that names the file and
/// the fault: missing, another type or rank, fewer or more bytes than the sizes say. The sizes are compared with the
/// file before anything is allocated.
Tensor read_idx(std::filesystem::path const& path, int rank);

}  // namespace heddle::train
