#include "ops/losses.h"

#include "kernels/loss/pair_loss.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

/// The gradient is made with the loss, for a gradient of the loss of 1; for another one it is made again.
template <class T>
Tensor mean_of_pairs(char const* name, Tensor const& x, Tensor const& target, PairLossOptions const& options) {
  Tensor loss = Tensor::empty({}, DType::f32, x.device());
  auto const fill = [=](Tensor const& sum, Tensor const& dx, f32 dloss) {
    std::size_t const bytes = x.device() == Device::cpu ? 0 : pair_loss_workspace_bytes(x.count());
    Tensor const scratch = Tensor::empty({static_cast<i64>(bytes)}, DType::u8, x.device());
    run(pair_loss<T>, x.device(),
        {.options = options,
         .count = x.count(),
         .scale = x.count() == 0 ? 0 : 1 / static_cast<f32>(x.count()),
         .dloss = dloss,
         .x = x.data<T>(),
         .target = target.data<T>(),
         .loss = sum.data<f32>(),
         .dx = dx.defined() ? dx.data<T>() : nullptr,
         .workspace = {scratch.raw_data(), bytes}});
  };
  Tensor const dx = x.requires_gradient() ? Tensor::empty(x.shape(), x.dtype(), x.device()) : Tensor();
  fill(loss, dx, 1);
  record(name, {x}, loss, [=](Tensor const& dy) {
    if (f32 const dloss = dy.item<f32>(); dloss != 1) fill(Tensor::empty({}, DType::f32, x.device()), dx, dloss);
    return std::vector{dx};
  });
  return loss;
}

Tensor mean_loss(char const* name, Tensor const& x, Tensor const& target, PairLossOptions const& options) {
  require_same_device(name, x, target);
  require_shape(name, "target", target, x.shape());
  return with_float_type(name, x.dtype(), [&]<class T>() { return mean_of_pairs<T>(name, x, target, options); });
}

}  // namespace

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
