// One pass over a list of tensors: each block goes through one chunk of one of them (tensor_table.h).
//
// Threads: neighbouring threads take neighbouring 4 elements, 16 bytes of f32 and 8 of 16-bit types, so that requests
// use their sectors whole whatever types stand side by side. A thread reads all elements of `accesses` such turns
// before it works on the first: 128 bytes a thread in flight for AdamW in f32. What is left of a tensor whose size is
// no multiple of 4, and tensors that are not aligned, go element by element.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/optimizer/step_state.h"
#include "kernels/optimizer/tensor_table.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Elements that a thread takes at a time.
inline constexpr int multi_tensor_vector = 4;
inline constexpr int multi_tensor_threads = 256;

/// Whether all pointers are multiples of 16 bytes.
template <class... Pointers>
HEDDLE_DEVICE bool all_aligned(Pointers... pointers) {
  return (reinterpret_cast<std::uintptr_t>(pointers) | ...) % 16 == 0;
}

/// The elements [begin, end) of a tensor, `vector` at a time.
template <int vector, class Work>
HEDDLE_DEVICE void for_each_element(Work& work, typename Work::Tensor const& tensor, i64 begin, i64 end) {
  constexpr i64 turn = multi_tensor_threads * vector;
  for (i64 first = begin + static_cast<i64>(threadIdx.x) * vector; first < end; first += Work::accesses * turn) {
    typename Work::template Elements<vector> elements[Work::accesses] = {};
    HEDDLE_UNROLL
    for (int i = 0; i < Work::accesses; ++i)
      if (first + i * turn < end) elements[i].load(tensor, first + i * turn);
    HEDDLE_UNROLL
    for (int i = 0; i < Work::accesses; ++i)
      if (first + i * turn < end) work.apply(elements[i], tensor, first + i * turn);
  }
}

/// All elements of this block's chunk. Work has
///   Tensor, chunk, accesses; bool aligned(Tensor const&);
///   Elements<vector>, with load(tensor, first);  apply(Elements<vector>&, tensor, first).
template <class Work>
HEDDLE_DEVICE void for_each_of_chunk(Work& work, TensorTable<typename Work::Tensor> const& table) {
  auto const block = static_cast<i32>(blockIdx.x);
  int const index = table.tensor_of(block);
  typename Work::Tensor const& tensor = table.tensor[index];
  i64 const begin = (block - table.first_chunk[index]) * Work::chunk;
  i64 const end = std::min(begin + Work::chunk, tensor.count);
  i64 const tail = (end - begin) % multi_tensor_vector;
  i64 const middle = Work::aligned(tensor) ? end - tail : begin;
  for_each_element<multi_tensor_vector>(work, tensor, begin, middle);
  for_each_element<1>(work, tensor, middle, end);
}

/// The update of a list of parameters. Update is a Work, made from its Numbers and the state.
template <class Update>
struct MultiTensorUpdate {
  static constexpr int threads = multi_tensor_threads;

  struct Params {
    typename Update::Numbers numbers;
    StepState const* state;
    TensorTable<typename Update::Tensor> table;
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    if (p.state->finite == 0) return;
    Update const update(p.numbers, *p.state);
    for_each_of_chunk(update, p.table);
  }
};

/// Queues the update of a list.
template <class Update>
void launch_update(char const* name, std::span<typename Update::Tensor const> list,
                   typename Update::Numbers const& numbers, StepState const* state, Stream stream) {
  for_each_table(list, Update::chunk, [&](auto const& table, i64 chunks) {
    launch<MultiTensorUpdate<Update>>(dim3(static_cast<unsigned>(chunks)), {numbers, state, table}, stream, name);
  });
}

}  // namespace heddle::HEDDLE_BACKEND
