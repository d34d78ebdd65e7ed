// Reductions: 64 MiB tensors on the GPU, 16 MiB on the CPU, over a last, a first, a middle axis and all; and small
// ones.
#include "bench/samples/reduce.h"

#include "bench/samples/reduce_backward.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 tensor_bytes) {
  i64 const elements = tensor_bytes / static_cast<i64>(sizeof(T));
  std::vector<std::vector<i64>> const shapes = {{32, 49, 512},
                                                {1, elements, 1},
                                                {elements / 1024, 1024, 1},
                                                {64, elements / 64, 1},
                                                {1, elements / 1024, 1024},
                                                {1, elements / 64, 64},
                                                {elements / 65536, 256, 256}};
  for (std::vector<i64> const& shape : shapes) {
    add_sample<ReduceSumSample, T>(rows, processor, shape);
    add_sample<ReduceDotSample, T>(rows, processor, shape);
    add_sample<ReduceMaxSample, T>(rows, processor, shape);
    add_sample<ReduceSumBackwardSample, T>(rows, processor, shape);
    add_sample<ReduceMaxBackwardSample, T>(rows, processor, shape);
  }
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 64 << 20, 16 << 20,
                       [&]<class T>(std::vector<Row>& all, i64 size) { add<T>(all, processor, size); });
}

}  // namespace heddle::bench
