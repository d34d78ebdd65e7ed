// Pooling in the shapes of residual networks: after the stem, between stages, and before the classifier, with 256
// images on the GPU and 4 on the CPU, and one image.
#include "bench/samples/pool.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 images) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{images, 112, 112, 64, 3, 2, 1},
                                        {images, 56, 56, 256, 2, 2, 0},
                                        {images, 35, 35, 288, 3, 1, 1},
                                        {1, 56, 56, 64, 3, 2, 1}}) {
    add_sample<MaxPoolForwardSample, T>(rows, processor, sizes);
    add_sample<MaxPoolBackwardSample, T>(rows, processor, sizes);
    add_sample<AveragePoolForwardSample, T>(rows, processor, sizes);
    add_sample<AveragePoolBackwardSample, T>(rows, processor, sizes);
  }
  for (std::vector<i64> const& sizes : {std::vector<i64>{images, 56, 56, 256, 7, 7}, {images, 15, 15, 2048, 7, 7}}) {
    add_sample<AdaptiveAveragePoolForwardSample, T>(rows, processor, sizes);
    add_sample<AdaptiveAveragePoolBackwardSample, T>(rows, processor, sizes);
  }
  for (std::vector<i64> const& sizes :
       {std::vector<i64>{images, 56 * 56, 256}, {images, 49, 2048}, {1, 49, 512}, {1, 1024 * 1024, 64}}) {
    add_sample<GlobalAverageForwardSample, T>(rows, processor, sizes);
    add_sample<GlobalAverageBackwardSample, T>(rows, processor, sizes);
  }
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 256, 4,
                       [&]<class T>(std::vector<Row>& all, i64 size) { add<T>(all, processor, size); });
}

}  // namespace heddle::bench
