// Losses of pairs of elements, a prediction and its target, summed: value and gradient in one pass.
#pragma once

#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

/// Of prediction x and target t, with d = x - t and p = 1 / (1 + exp(-x)):
///   squared                d^2
///   absolute               |d|, with gradient 0 at 0
///   huber                  d^2 / 2 where |d| <= delta, else delta * (|d| - delta / 2)  (Huber 1964)
///   binary_cross_entropy   -t * log(p) - (1 - t) * log(1 - p), x being logits
///   focal                  balance * q^gamma times that, with q = p * (1 - t) + (1 - p) * t, the probability of being
///                          wrong, and balance = alpha * t + (1 - alpha) * (1 - t)  (Lin et al. 2017, arXiv 1708.02002)
enum class PairLoss : u8 { squared, absolute, huber, binary_cross_entropy, focal };

struct PairLossOptions {
  PairLoss kind = PairLoss::squared;
  f32 delta = 1;      // huber; positive
  f32 gamma = 2;      // focal; not negative
  f32 alpha = 0.25f;  // focal; 0.5 weighs both classes by 1/2
};

/// Bytes of scratch that the kernel needs: a partial sum a block.
std::size_t pair_loss_workspace_bytes(i64 count);

/// loss = scale * sum of the losses of all pairs; dx = dloss * scale times the derivative of each. The target is a
/// constant. scale = 1 / count makes a mean. No pairs have loss 0.
template <class T>
struct PairLossArgs {
  PairLossOptions options = {};
  i64 count = 0;
  f32 scale = 1;
  f32 dloss = 1;
  T const* x = nullptr;       // [count]
  T const* target = nullptr;  // [count]
  f32* loss = nullptr;        // [1]
  T* dx = nullptr;            // [count], or null
  Workspace workspace;        // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.count);
    tensor("target", a.target, a.count);
    tensor("loss", a.loss, 1);
    tensor("dx", a.dx, a.count, TensorUse{.optional = true});
  }
  /// Per pair: 5, 20 with a sigmoid and its logarithm, 35 for focal.
  double flops() const {
    double const each = options.kind == PairLoss::focal ? 35 : options.kind == PairLoss::binary_cross_entropy ? 20 : 5;
    return each * static_cast<double>(count);
  }
  std::size_t workspace_bytes() const { return pair_loss_workspace_bytes(count); }
};

HEDDLE_OPERATION(pair_loss, PairLossArgs);

}  // namespace heddle
