// Elementwise operations: 64 MiB tensors on the GPU, 16 MiB on the CPU, and small ones.
#include "bench/samples/elementwise.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 tensor_bytes) {
  i64 const elements = tensor_bytes / static_cast<i64>(sizeof(T));
  for (i64 const count : {i64{49152}, elements}) {
    add_sample<AddSample, T>(rows, processor, {count});
    add_sample<CastSample, T>(rows, processor, {count});
  }
  for (i64 const columns : {64, 768, 4096}) {
    add_sample<ChainForwardSample, T>(rows, processor, {elements / columns, columns});
    add_sample<ChainBackwardSample, T>(rows, processor, {elements / columns, columns});
  }
  add_sample<ChainForwardSample, T>(rows, processor, {64, 768});
  add_sample<ChainBackwardSample, T>(rows, processor, {64, 768});
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 64 << 20, 16 << 20,
                       [&]<class T>(std::vector<Row>& all, i64 size) { add<T>(all, processor, size); });
}

}  // namespace heddle::bench
