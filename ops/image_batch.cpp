#include "ops/image_batch.h"

#include "ops/route.h"

namespace heddle::ops {

Tensor image_batch(Tensor const& images, Tensor const& index, Normalization const& normalization,
                   AugmentOptions const& options, u64 seed, i64 epoch, DType type) {
  require_same_device("image_batch", images, index, normalization.mean, normalization.deviation);
  check(images.shape().rank() == 4, "[image_batch] images must be [count, h, w, c]: ", images.shape());
  i64 const n = index.count(), h = images.size(1), w = images.size(2), c = images.size(3);
  require_shape("image_batch", "mean", normalization.mean, {c});
  require_shape("image_batch", "deviation", normalization.deviation, {c});
  Tensor batch = Tensor::empty({n, h, w, c}, type, images.device());
  with_float_type("image_batch", type, [&]<class T>() {
    run(heddle::image_batch<T>, images.device(),
        {.n = n,
         .h = h,
         .w = w,
         .c = c,
         .count = images.size(0),
         .options = options,
         .seed = seed,
         .epoch = epoch,
         .images = images.data<u8>(),
         .index = index.data<i64>(),
         .mean = normalization.mean.data<f32>(),
         .deviation = normalization.deviation.data<f32>(),
         .y = batch.data<T>()});
  });
  return batch;
}

}  // namespace heddle::ops
