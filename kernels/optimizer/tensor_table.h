// A list of tensors as the parameters of one launch: recorded with it, and there without a copy when it is run again.
#pragma once

#include <span>
#include <utility>

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

/// Tensors of a launch, none of them empty. Each is cut into chunks, the last of which may be shorter, and each chunk
/// goes to a block.
template <class Tensor>
struct TensorTable {
  // A launch takes 4 KB of parameters, 128 bytes of which are left for others: 66 tensors of AdamW.
  static constexpr int capacity = (4096 - 128) / static_cast<int>(sizeof(Tensor) + sizeof(i32));

  int tensors = 0;
  i32 first_chunk[capacity];  // by tensor, ascending from 0
  Tensor tensor[capacity];

  /// The tensor that a chunk belongs to.
  constexpr int tensor_of(i32 chunk) const {
    int first = 0;
    for (int end = tensors; end - first > 1;) {
      int const middle = (first + end) / 2;
      (first_chunk[middle] <= chunk ? first : end) = middle;
    }
    return first;
  }
};

/// Calls launch(table, chunks) for the list in its order: once, or as often as a table is full.
template <class Tensor, class Launch>
void for_each_table(std::span<Tensor const> list, i64 chunk, Launch const& launch) {
  TensorTable<Tensor> table = {};
  i64 chunks = 0;
  auto const finish = [&] {
    if (table.tensors > 0) launch(std::as_const(table), chunks);
    table.tensors = 0;
    chunks = 0;
  };
  for (Tensor const& tensor : list) {
    if (tensor.count == 0) continue;
    if (table.tensors == table.capacity) finish();
    table.first_chunk[table.tensors] = static_cast<i32>(chunks);
    table.tensor[table.tensors++] = tensor;
    chunks += ceil_div(tensor.count, chunk);
  }
  finish();
}

}  // namespace heddle
