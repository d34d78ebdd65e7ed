#include "train/data/loader.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "kernels/core/error.h"
#include "kernels/core/math.h"
#include "kernels/core/philox.h"

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
  set_.labels = set_.labels.to(Device::cpu);  // batches gather them there
  check(!options_.drop_last || image_count() >= options_.batch_size, "[loader] not one full batch: batch size ",
        options_.batch_size, ", images ", image_count(), "; use a smaller one");
}

i64 Loader::image_count() const { return set_.images.size(0); }

i64 Loader::batches_per_epoch() const {
  return options_.drop_last ? image_count() / options_.batch_size : ceil_div(image_count(), options_.batch_size);
}

Batch Loader::batch(i64 epoch, i64 index) {
  check(epoch >= 0 && index >= 0 && index < batches_per_epoch(), "[loader] no batch ", index, " of epoch ", epoch,
        ": an epoch has ", batches_per_epoch());
  if (order_epoch_ != epoch) {
    order_.resize(static_cast<std::size_t>(image_count()));
    std::iota(order_.begin(), order_.end(), i64{0});
    if (options_.shuffle) shuffle(order_, options_.seed, epoch);
    order_epoch_ = epoch;
  }

  i64 const begin = index * options_.batch_size, end = std::min(begin + options_.batch_size, image_count());
  std::vector<i64> const chosen(order_.begin() + begin, order_.begin() + end);
  std::vector<i32> labels;
  for (i64 const image : chosen) labels.push_back(set_.labels.data<i32>()[image]);
  Device const device = set_.images.device();
  Tensor const chosen_tensor = Tensor::from(chosen, {end - begin}, device);
  return {ops::image_batch(set_.images, chosen_tensor, normalization_, options_.augment, options_.seed, epoch,
                           options_.type),
          Tensor::from(labels, {end - begin}, device)};
}

}  // namespace heddle::train
