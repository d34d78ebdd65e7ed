#include "ops/mix_batch.h"

#include "ops/route.h"

namespace heddle::ops {

MixedBatch mix_batch(Tensor const& x, Tensor const& labels, i64 classes, MixOptions const& options, u64 seed,
                     i64 batch) {
  require_same_device("mix_batch", x, labels);
  check(x.shape().rank() == 4, "[mix_batch] x must be [n, h, w, c]: ", x.shape());
  check(classes >= 0, "[mix_batch] classes must not be negative: classes=", classes);
  check(!x.requires_gradient(), "[mix_batch] has no gradient: mix the data, which requires none");
  require_shape("mix_batch", "labels", labels, {x.size(0)});
  MixedBatch mixed = {Tensor::empty(x.shape(), x.dtype(), x.device()),
                      Tensor::empty({x.size(0), classes}, DType::f32, x.device())};
  with_float_type("mix_batch", x.dtype(), [&]<class T>() {
    run(heddle::mix_batch<T>, x.device(),
        {.n = x.size(0),
         .h = x.size(1),
         .w = x.size(2),
         .c = x.size(3),
         .classes = classes,
         .options = options,
         .seed = seed,
         .batch = batch,
         .x = x.data<T>(),
         .labels = labels.data<i32>(),
         .y = mixed.x.data<T>(),
         .targets = mixed.targets.data<f32>()});
  });
  return mixed;
}

}  // namespace heddle::ops
