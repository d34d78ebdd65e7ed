#include "train/data/loader.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "kernels/core/error.h"
#include "kernels/core/math.h"
#include "kernels/core/philox.h"
#include "ops/allocator.h"

namespace heddle::train {
namespace {

/// Fisher and Yates' shuffle in the form of Durstenfeld 1964 (CACM 7, 420).
void shuffle(std::vector<i64>& order, u64 seed, i64 epoch) {
  u64 const stream = reserved_stream(StreamUse::epoch_order, static_cast<u64>(epoch));
  for (std::size_t left = order.size(); left > 1; --left) {
    u32 const word = philox(seed, stream, left)[0];
    std::swap(order[left - 1], order[uniform_below(word, static_cast<u32>(left))]);
  }
}

}  // namespace

Loader::Loader(ImageSet set, ops::Normalization normalization, LoaderOptions const& options)
    : set_(std::move(set)), normalization_(std::move(normalization)), options_(options) {
  check(set_.images.shape().rank() == 4, "[loader] images must be [count, h, w, c], they are ", set_.images.shape());
  check(set_.labels.count() == image_count(), "[loader] ", set_.labels.count(), " labels for ", image_count(),
        " images");
  check(image_count() < i64{1} << 32, "[loader] ", image_count(), " images: the order is drawn from 32-bit numbers");
  check(options_.batch_size >= 1, "[loader] the batch size must be at least 1: ", options_.batch_size);
  check(!options_.drop_last || image_count() >= options_.batch_size, "[loader] not one full batch: batch size ",
        options_.batch_size, ", images ", image_count(), "; use a smaller one");
  check(!options_.mix.any() || options_.classes > 0,
        "[loader] mixup and cutmix need the number of classes: ", options_.classes);
  MemoryScope const scope(MemoryUse::data);
  if (options_.augment.colour.contrast > 0) grey_ = ops::image_grey(set_.images);
  host_labels_ = set_.labels.to_vector<i32>();
}

i64 Loader::image_count() const { return set_.images.size(0); }

i64 Loader::batches_per_epoch() const {
  return options_.drop_last ? image_count() / options_.batch_size : ceil_div(image_count(), options_.batch_size);
}

Batch Loader::batch(i64 epoch, i64 index, i64 images) {
  check(epoch >= 0 && index >= 0 && index < batches_per_epoch(), "[loader] no batch ", index, " of epoch ", epoch,
        ": an epoch has ", batches_per_epoch());
  if (order_epoch_ != epoch) set_epoch(epoch);
  i64 const begin = index * options_.batch_size,
            end = std::min(begin + std::min(images, options_.batch_size), image_count());
  Batch batch = {ops::image_batch(set_.images, order_.rows(begin, end), normalization_, options_.augment, options_.seed,
                                  epoch, options_.type, grey_),
                 labels_.rows(begin, end)};
  if (!options_.mix.any()) return batch;
  auto [mixed, targets] = ops::mix_batch(batch.images, batch.labels, options_.classes, options_.mix, options_.seed,
                                         epoch * batches_per_epoch() + index);
  return {std::move(mixed), std::move(batch.labels), std::move(targets)};
}

void Loader::set_epoch(i64 epoch) {
  MemoryScope const scope(MemoryUse::data);
  std::vector<i64> order(static_cast<std::size_t>(image_count()));
  std::iota(order.begin(), order.end(), i64{0});
  if (options_.shuffle) shuffle(order, options_.seed, epoch);
  std::vector<i32> labels;
  for (i64 const image : order) labels.push_back(host_labels_[static_cast<std::size_t>(image)]);
  Device const device = set_.images.device();
  order_ = Tensor::from(order, {image_count()}, device);
  labels_ = Tensor::from(labels, {image_count()}, device);
  order_epoch_ = epoch;
}

}  // namespace heddle::train
