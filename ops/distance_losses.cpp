#include "ops/distance_losses.h"

#include "kernels/loss/distance_loss.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

struct Inputs {
  Tensor a, b, c = {}, labels = {};
};

template <class T>
T* data_or_null(Tensor const& tensor) {
  return tensor.defined() ? tensor.data<T>() : nullptr;
}

Tensor room_for_gradient(Tensor const& x) {
  return x.defined() && x.requires_gradient() ? Tensor::empty(x.shape(), x.dtype(), x.device()) : Tensor();
}

/// The gradients are made with the loss, for a gradient of the loss of 1, and multiplied by that which comes.
template <class T>
Tensor mean_of_rows(char const* name, DistanceLoss kind, Inputs const& in, f32 margin) {
  i64 const rows = in.a.size(0);
  bool const center = kind == DistanceLoss::center;
  Tensor const losses = Tensor::empty({rows}, DType::f32, in.a.device());
  Tensor const da = room_for_gradient(in.a), db = room_for_gradient(in.b);
  Tensor const dc = room_for_gradient(in.c);
  f32 const share = rows == 0 ? 0 : 1 / static_cast<f32>(rows);
  run(distance_loss<T>, in.a.device(),
      {.kind = kind,
       .rows = rows,
       .columns = in.a.size(1),
       .centers = center ? in.b.size(0) : 0,
       .margin = margin,
       .dloss = share,
       .a = in.a.data<T>(),
       .b = in.b.data<T>(),
       .c = data_or_null<T>(in.c),
       .labels = data_or_null<i32>(in.labels),
       .loss = losses.data<f32>(),
       .da = data_or_null<T>(da),
       .db = data_or_null<T>(db),
       .dc = data_or_null<T>(dc)});
  Tensor mean = sum(losses, 0);
  scale_(mean, share);
  record(name, {in.a, in.b, in.c}, mean, [=](Tensor const& dy) {
    std::vector<Tensor> gradients = {da, db, dc};
    for (Tensor& gradient : gradients)
      if (gradient.defined()) scale_by_(gradient, dy);
    return gradients;
  });
  return mean;
}

Tensor mean_loss(char const* name, DistanceLoss kind, Inputs const& in, f32 margin) {
  check(in.a.shape().rank() == 2, "[", name, "] embeddings must be [rows, columns]: ", in.a.shape());
  require_same_device(name, in.a, in.b, in.c, in.labels);
  if (kind == DistanceLoss::center)
    require_shape(name, "centers", in.b, {in.b.size(0), in.a.size(1)});
  else
    require_shape(name, kind == DistanceLoss::triplet ? "positive" : "b", in.b, in.a.shape());
  if (in.c.defined()) require_shape(name, "negative", in.c, in.a.shape());
  if (in.labels.defined()) require_shape(name, "labels", in.labels, {in.a.size(0)});
  return with_float_type(name, in.a.dtype(), [&]<class T>() { return mean_of_rows<T>(name, kind, in, margin); });
}

}  // namespace

Tensor center_loss(Tensor const& x, Tensor const& labels, Tensor const& centers) {
  return mean_loss("center_loss", DistanceLoss::center, {.a = x, .b = centers, .labels = labels}, 0);
}

Tensor contrastive_loss(Tensor const& a, Tensor const& b, Tensor const& labels, f32 margin) {
  return mean_loss("contrastive_loss", DistanceLoss::contrastive, {.a = a, .b = b, .labels = labels}, margin);
}

Tensor triplet_loss(Tensor const& anchor, Tensor const& positive, Tensor const& negative, f32 margin) {
  return mean_loss("triplet_loss", DistanceLoss::triplet, {.a = anchor, .b = positive, .c = negative}, margin);
}

}  // namespace heddle::ops
