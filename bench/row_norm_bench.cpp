// Layer and root mean square normalisation: 64 MiB tensors on the GPU, 16 MiB on the CPU, rows of 256 to 262144
// columns, and small shapes.
#include "bench/samples/row_norm.h"

namespace heddle::bench {
namespace {

std::vector<std::vector<i64>> shapes(i64 tensor_elements) {
  std::vector<std::vector<i64>> all = {{64, 768}, {512, 1024}, {8, 65536}};
  for (i64 columns = 256; columns <= 262144; columns *= 2) all.push_back({tensor_elements / columns, columns});
  return all;
}

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 tensor_bytes) {
  for (std::vector<i64> const& shape : shapes(tensor_bytes / static_cast<i64>(sizeof(T)))) {
    add_sample<LayerNormForwardSample, T>(rows, processor, shape);
    add_sample<LayerNormBackwardSample, T>(rows, processor, shape);
    add_sample<RmsNormForwardSample, T>(rows, processor, shape);
    add_sample<RmsNormBackwardSample, T>(rows, processor, shape);
  }
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 64 << 20, 16 << 20,
                       [&]<class T>(std::vector<Row>& all, i64 size) { add<T>(all, processor, size); });
}

}  // namespace heddle::bench
