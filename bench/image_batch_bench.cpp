// Image batches in the shapes of CIFAR and ImageNet.
#include "bench/samples/image_batch.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 scale) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{128, 32, 32, 3, 4},
                                        {512 * scale, 32, 32, 3, 4},
                                        {32 * scale, 224, 224, 3, 16},
                                        {512 * scale, 28, 28, 1, 2}})
    add_sample<ImageBatchSample, T>(rows, processor, sizes);
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 32, 1,
                       [&]<class T>(std::vector<Row>& all, i64 size) { add<T>(all, processor, size); });
}

}  // namespace heddle::bench
