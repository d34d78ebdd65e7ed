// Group normalisation: 64 MiB tensors on the GPU, 16 MiB on the CPU, of 56 x 56 pixels in 32 groups, 28 x 28 in as many
// groups as channels, 14 x 14 in one group, and small ones.
#include "bench/samples/group_norm.h"

namespace heddle::bench {
namespace {

std::vector<std::vector<i64>> shapes(i64 tensor_elements) {
  std::vector<std::vector<i64>> all = {{2, 49, 64, 8}, {1, 256, 320, 32}, {8, 1024, 128, 32}};
  for (std::vector<i64> const& image : {std::vector<i64>{3136, 64, 32}, {784, 256, 256}, {196, 512, 1}})
    all.push_back({ceil_div(tensor_elements, image[0] * image[1]), image[0], image[1], image[2]});
  return all;
}

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 tensor_bytes) {
  for (std::vector<i64> const& shape : shapes(tensor_bytes / static_cast<i64>(sizeof(T)))) {
    add_sample<GroupNormForwardSample, T>(rows, processor, shape);
    add_sample<GroupNormBackwardSample, T>(rows, processor, shape);
  }
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 64 << 20, 16 << 20,
                       [&]<class T>(std::vector<Row>& all, i64 size) { add<T>(all, processor, size); });
}

}  // namespace heddle::bench
