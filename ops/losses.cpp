#include "ops/losses.h"

#include "kernels/loss/dice_loss.h"
#include "kernels/loss/kl_divergence.h"
#include "kernels/loss/pair_loss.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

/// Of each of `count` in their mean; 0 for none.
f32 share_of(i64 count) { return count == 0 ? 0 : 1 / static_cast<f32>(count); }

/// dx, undefined or with room for the gradient of x.
Tensor room_for_gradient(Tensor const& x) {
  return x.requires_gradient() ? Tensor::empty(x.shape(), x.dtype(), x.device()) : Tensor();
}

/// Records that dx is the gradient of x where that of the loss is 1.
void record_with_gradient(char const* name, Tensor const& x, Tensor& loss, Tensor const& dx) {
  record(name, {x}, loss, [dx](Tensor const& dy) {
    Tensor scaled = dx;
    scale_by_(scaled, dy);
    return std::vector{scaled};
  });
}

template <class T>
Tensor mean_of_pairs(char const* name, Tensor const& x, Tensor const& target, PairLossOptions const& options) {
  Tensor loss = Tensor::empty({}, DType::f32, x.device());
  Tensor const dx = room_for_gradient(x);
  run(pair_loss<T>, x.device(),
      {.options = options,
       .count = x.count(),
       .scale = share_of(x.count()),
       .dloss = 1,
       .x = x.data<T>(),
       .target = target.data<T>(),
       .loss = loss.data<f32>(),
       .dx = dx.defined() ? dx.data<T>() : nullptr,
       .workspace = {}});
  record_with_gradient(name, x, loss, dx);
  return loss;
}

Tensor mean_loss(char const* name, Tensor const& x, Tensor const& target, PairLossOptions const& options) {
  require_same_device(name, x, target);
  require_shape(name, "target", target, x.shape());
  return with_float_type(name, x.dtype(), [&]<class T>() { return mean_of_pairs<T>(name, x, target, options); });
}

Tensor mean_of_rows(Tensor const& losses) {
  Tensor mean = sum(losses, 0);
  scale_(mean, share_of(losses.count()));
  return mean;
}

template <class T>
Tensor mean_dice_loss(Tensor const& x, Tensor const& target, DiceOptions const& options) {
  i64 const rows = x.size(0), elements = rows == 0 ? 0 : x.count() / rows;
  Tensor const losses = Tensor::empty({rows}, DType::f32, x.device());
  Tensor const sums = Tensor::empty({rows, 2}, DType::f32, x.device());
  run(dice_loss_forward<T>, x.device(),
      {.options = options,
       .rows = rows,
       .elements = elements,
       .x = x.data<T>(),
       .target = target.data<T>(),
       .loss = losses.data<f32>(),
       .sums = sums.data<f32>()});
  Tensor mean = mean_of_rows(losses);
  record("dice_loss", {x}, mean, [=](Tensor const& dy) {
    Tensor dx = Tensor::empty(x.shape(), x.dtype(), x.device());
    run(dice_loss_backward<T>, x.device(),
        {.options = options,
         .rows = rows,
         .elements = elements,
         .dloss = share_of(rows),
         .x = x.data<T>(),
         .target = target.data<T>(),
         .sums = sums.data<f32>(),
         .dx = dx.data<T>()});
    scale_by_(dx, dy);
    return std::vector{dx};
  });
  return mean;
}

template <class T>
Tensor mean_kl_divergence(Tensor const& student, Tensor const& teacher, f32 temperature) {
  i64 const rows = student.size(0);
  Tensor const losses = Tensor::empty({rows}, DType::f32, student.device());
  Tensor const dstudent = room_for_gradient(student);
  run(heddle::kl_divergence<T>, student.device(),
      {.rows = rows,
       .classes = student.size(1),
       .temperature = temperature,
       .dloss = share_of(rows),
       .student = student.data<T>(),
       .teacher = teacher.data<T>(),
       .loss = losses.data<f32>(),
       .dstudent = dstudent.defined() ? dstudent.data<T>() : nullptr});
  Tensor mean = mean_of_rows(losses);
  record_with_gradient("kl_divergence", student, mean, dstudent);
  return mean;
}

}  // namespace

Tensor kl_divergence(Tensor const& student, Tensor const& teacher, f32 temperature) {
  check(student.shape().rank() == 2, "[kl_divergence] student must be [rows, classes]: ", student.shape());
  require_same_device("kl_divergence", student, teacher);
  require_shape("kl_divergence", "teacher", teacher, student.shape());
  return with_float_type("kl_divergence", student.dtype(),
                         [&]<class T>() { return mean_kl_divergence<T>(student, teacher, temperature); });
}

Tensor dice_loss(Tensor const& x, Tensor const& target, DiceLossOptions const& options) {
  check(x.shape().rank() > 0, "[dice_loss] x must be [samples, ...]: ", x.shape());
  require_same_device("dice_loss", x, target);
  require_shape("dice_loss", "target", target, x.shape());
  return with_float_type("dice_loss", x.dtype(), [&]<class T>() {
    return mean_dice_loss<T>(x, target, {.smoothing = options.smoothing, .logits = options.logits});
  });
}

Tensor mse_loss(Tensor const& x, Tensor const& target) {
  return mean_loss("mse_loss", x, target, {.kind = PairLoss::squared});
}

Tensor l1_loss(Tensor const& x, Tensor const& target) {
  return mean_loss("l1_loss", x, target, {.kind = PairLoss::absolute});
}

Tensor huber_loss(Tensor const& x, Tensor const& target, f32 delta) {
  return mean_loss("huber_loss", x, target, {.kind = PairLoss::huber, .delta = delta});
}

Tensor binary_cross_entropy(Tensor const& logits, Tensor const& target) {
  return mean_loss("binary_cross_entropy", logits, target, {.kind = PairLoss::binary_cross_entropy});
}

Tensor focal_loss(Tensor const& logits, Tensor const& target, FocalLossOptions const& options) {
  return mean_loss("focal_loss", logits, target,
                   {.kind = PairLoss::focal, .gamma = options.gamma, .alpha = options.alpha});
}

}  // namespace heddle::ops
