// Losses: 64 MiB of logits or predictions on the GPU, 16 MiB on the CPU, 256 to 131072 classes, and small shapes.
#include "bench/samples/cross_entropy.h"
#include "bench/samples/dice_loss.h"
#include "bench/samples/distance_loss.h"
#include "bench/samples/kl_divergence.h"
#include "bench/samples/pair_loss.h"

namespace heddle::bench {
namespace {

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 tensor_bytes) {
  i64 const elements = tensor_bytes / static_cast<i64>(sizeof(T));
  for (std::vector<i64> const& shape : {std::vector<i64>{128, 10}, {512, 1000}})
    add_sample<CrossEntropySample, T>(rows, processor, shape);
  for (i64 classes = 256; classes <= 131072; classes *= 2)
    add_sample<CrossEntropySample, T>(rows, processor, {elements / classes, classes});
  for (i64 const classes : {256, 1024, 4096, 131072})
    add_sample<KlDivergenceSample, T>(rows, processor, {elements / classes, classes});
  for (i64 const columns : {128, 512})
    add_sample<DistanceLossSample, T>(rows, processor, {elements / columns, columns, 3});
  for (i64 const samples : {8, 64}) {
    add_sample<DiceLossForwardSample, T>(rows, processor, {samples, elements / samples});
    add_sample<DiceLossBackwardSample, T>(rows, processor, {samples, elements / samples});
  }
  for (i64 const count : {i64{65536}, elements})
    for (PairLoss const kind : {PairLoss::squared, PairLoss::focal})
      add_sample<PairLossSample, T>(rows, processor, {count, static_cast<i64>(kind) + 1});
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  return rows_of_types(processor, 64 << 20, 16 << 20,
                       [&]<class T>(std::vector<Row>& all, i64 size) { add<T>(all, processor, size); });
}

}  // namespace heddle::bench
