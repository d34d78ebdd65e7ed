// Image batches in the shapes of CIFAR and ImageNet: plain, with colours, turned, and mixed afterwards; and the mean
// grey that contrast needs, once for a set.
#include "bench/samples/image_batch.h"
#include "bench/samples/image_grey.h"
#include "bench/samples/mix_batch.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 scale) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{128, 32, 32, 3, 4},
                                        {512 * scale, 32, 32, 3, 4},
                                        {32 * scale, 224, 224, 3, 16},
                                        {512 * scale, 28, 28, 1, 2}}) {
    add_sample<ImageBatchSample, T>(rows, processor, sizes);
    add_sample<ColouredImageBatchSample, T>(rows, processor, sizes);
    add_sample<TurnedImageBatchSample, T>(rows, processor, sizes);
  }
  for (std::vector<i64> const& sizes :
       {std::vector<i64>{128, 32, 32, 3, 10}, {512 * scale, 32, 32, 3, 100}, {32 * scale, 224, 224, 3, 1000}}) {
    add_sample<MixBatchSample<false>, T>(rows, processor, sizes);
    add_sample<MixBatchSample<true>, T>(rows, processor, sizes);
  }
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 32, 1, [&]<class T>(std::vector<Row>& some, i64 scale) {
    add<T>(some, processor, scale);
    if constexpr (std::is_same_v<T, f32>)
      for (std::vector<i64> const& sizes : {std::vector<i64>{2048 * scale, 32, 32, 3}, {32 * scale, 224, 224, 3}})
        add_sample<ImageGreySample, f32>(some, processor, sizes);
  });
}

}  // namespace heddle::bench
