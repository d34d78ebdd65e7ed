// Convolutions of a small CIFAR network, one with a stride, and a depthwise one: 512 images on the GPU, 128 on the CPU.
#include "bench/samples/conv2d.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 images) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{images, 4, 4, 80, 80, 3, 1, 1, 1},
                                        {images, 8, 8, 40, 80, 3, 1, 1, 1},
                                        {images, 16, 16, 24, 40, 3, 1, 1, 1},
                                        {images, 32, 32, 3, 24, 3, 1, 1, 1},
                                        {images, 32, 32, 16, 32, 3, 2, 1, 1},
                                        {images, 16, 16, 64, 64, 3, 1, 1, 64}}) {
    add_sample<Conv2dForwardSample, T>(rows, processor, sizes);
    add_sample<Conv2dBackwardDataSample, T>(rows, processor, sizes);
    add_sample<Conv2dBackwardFilterSample, T>(rows, processor, sizes);
  }
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 512, 128,
                       [&]<class T>(std::vector<Row>& all, i64 images) { add<T>(all, processor, images); });
}

}  // namespace heddle::bench
