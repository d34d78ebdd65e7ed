// Convolutions of a small CIFAR network, one with a stride, and a depthwise one: 512 images on the GPU, 128 on the CPU.
// On the GPU also those of well-known networks, in bf16.
#include <concepts>

#include "bench/samples/conv2d.h"
#include "bench/samples/conv2d_shapes.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, ConvShapes const& shapes) {
  for (std::vector<i64> const& sizes : shapes) {
    add_sample<Conv2dForwardSample, T>(rows, processor, sizes);
    add_sample<Conv2dBackwardDataSample, T>(rows, processor, sizes);
    add_sample<Conv2dBackwardFilterSample, T>(rows, processor, sizes);
  }
}

ConvShapes small_network(i64 images) {
  return {{images, 4, 4, 80, 80, 3, 1, 1, 1},   {images, 8, 8, 40, 80, 3, 1, 1, 1},
          {images, 16, 16, 24, 40, 3, 1, 1, 1}, {images, 32, 32, 3, 24, 3, 1, 1, 1},
          {images, 32, 32, 16, 32, 3, 2, 1, 1}, {images, 16, 16, 64, 64, 3, 1, 1, 64}};
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 512, 128, [&]<class T>(std::vector<Row>& all, i64 images) {
    add<T>(all, processor, small_network(images));
    if (std::same_as<T, bf16> && processor.name() == "cuda") add<T>(all, processor, network_convolutions());
  });
}

}  // namespace heddle::bench
