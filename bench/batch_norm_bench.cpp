// Batch normalisation, alone and with residual and relu: 64 MiB tensors on the GPU, 16 MiB on the CPU, of 16 to 2048
// channels, and small ones of ResNets.
#include "bench/samples/batch_norm.h"

namespace heddle::bench {
namespace {

std::vector<std::vector<i64>> shapes(i64 tensor_elements) {
  std::vector<std::vector<i64>> all = {{256, 64}, {49, 512}, {3136, 64}, {32 * 196, 256}};
  for (i64 channels = 16; channels <= 2048; channels *= 2) all.push_back({tensor_elements / channels, channels});
  return all;
}

template <class T, bool fused>
void add(std::vector<Row>& rows, Processor& processor, std::vector<i64> const& shape) {
  add_sample<BatchNormTrainingSample<fused>, T>(rows, processor, shape);
  add_sample<BatchNormInferenceSample<fused>, T>(rows, processor, shape);
  add_sample<BatchNormBackwardSample<fused>, T>(rows, processor, shape);
}

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 tensor_bytes) {
  for (std::vector<i64> const& shape : shapes(tensor_bytes / static_cast<i64>(sizeof(T)))) {
    add<T, false>(rows, processor, shape);
    add<T, true>(rows, processor, shape);
  }
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 64 << 20, 16 << 20,
                       [&]<class T>(std::vector<Row>& all, i64 size) { add<T>(all, processor, size); });
}

}  // namespace heddle::bench
