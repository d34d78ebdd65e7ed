// Matrix products: the linear layer of a small CIFAR network in its three directions, the products that its
// convolutions amount to, and squares, of every type of operands.
#include "bench/samples/gemm.h"
#include "bench/samples/gemm_types.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 largest) {
  add_sample<LinearSample, T>(rows, processor, {128, 10, 80});
  add_sample<GemmSample, T>(rows, processor, {128, 80, 10});
  add_sample<WeightGradientSample, T>(rows, processor, {10, 80, 128});
  for (std::vector<i64> const& shape :
       std::vector<std::vector<i64>>{{131072, 24, 27}, {32768, 40, 216}, {8192, 80, 360}, {2048, 80, 720}})
    add_sample<LinearSample, T>(rows, processor, shape);
  for (i64 size = 256; size <= largest; size *= 2) add_sample<GemmSample, T>(rows, processor, {size, size, size});
}

template <class Sample, class T>
void add_squares(std::vector<Row>& rows, Processor& processor, i64 largest) {
  for (i64 size = 256; size <= largest; size *= 2) add_sample<Sample, T>(rows, processor, {size, size, size});
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  auto result = rows_of_types(processor, 8192, 1024,
                              [&]<class T>(std::vector<Row>& all, i64 largest) { add<T>(all, processor, largest); });
  if (processor.name() == "cuda") {
    add_squares<GemmTf32Sample, f32>(result, processor, 8192);
    add_squares<GemmF8Sample, f8e4m3>(result, processor, 8192);
    add_squares<GemmI8Sample, i8>(result, processor, 8192);
  }
  return result;
}

}  // namespace heddle::bench
