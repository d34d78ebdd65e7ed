#include "ops/image_batch.h"

#include "kernels/augment/image_grey.h"
#include "ops/route.h"

namespace heddle::ops {

Tensor image_batch(Tensor const& images, Tensor const& index, Normalization const& normalization,
                   AugmentOptions const& options, u64 seed, i64 epoch, DType type, Tensor const& grey) {
  require_same_device("image_batch", images, index, normalization.mean, normalization.deviation, grey);
  check(images.shape().rank() == 4, "[image_batch] images must be [count, h, w, c]: ", images.shape());
  i64 const n = index.count(), h = images.size(1), w = images.size(2), c = images.size(3);
  require_shape("image_batch", "mean", normalization.mean, {c});
  require_shape("image_batch", "deviation", normalization.deviation, {c});
  if (grey.defined()) require_shape("image_batch", "grey", grey, {images.size(0)});
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
         .grey = grey.defined() ? grey.data<f32>() : nullptr,
         .y = batch.data<T>()});
  });
  return batch;
}

Tensor image_grey(Tensor const& images) {
  check(images.shape().rank() == 4, "[image_grey] images must be [count, h, w, c]: ", images.shape());
  Tensor grey = Tensor::empty({images.size(0)}, DType::f32, images.device());
  run(heddle::image_grey<f32>, images.device(),
      {.count = images.size(0),
       .h = images.size(1),
       .w = images.size(2),
       .c = images.size(3),
       .images = images.data<u8>(),
       .grey = grey.data<f32>()});
  return grey;
}

}  // namespace heddle::ops
