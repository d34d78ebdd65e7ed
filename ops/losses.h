// Losses of predictions against targets of the same shape, averaged over the elements.
#pragma once

#include "ops/tensor.h"

namespace heddle::ops {

// x and target: of one shape, in f32, f16 or bf16 -> the mean, an f32 tensor of shape []; 0 for no elements. The
// gradient goes to x alone.

/// The mean of (x - target)^2.
Tensor mse_loss(Tensor const& x, Tensor const& target);
/// The mean of |x - target|; its gradient is 0 where they are equal.
Tensor l1_loss(Tensor const& x, Tensor const& target);
/// The mean of d^2 / 2 where |d| <= delta, else of delta * (|d| - delta / 2), with d = x - target (Huber 1964).
Tensor huber_loss(Tensor const& x, Tensor const& target, f32 delta = 1);
/// The mean of -t * log(p) - (1 - t) * log(1 - p), with p = 1 / (1 + exp(-logits)) and targets t in [0, 1].
Tensor binary_cross_entropy(Tensor const& logits, Tensor const& target);

struct FocalLossOptions {
  f32 gamma = 2;
  f32 alpha = 0.25f;  // the weight of targets of 1, and 1 - alpha that of targets of 0
};
/// Binary cross-entropy weighted by the probability of being wrong to the power of gamma (Lin et al. 2017).
Tensor focal_loss(Tensor const& logits, Tensor const& target, FocalLossOptions const& options = {});

struct DiceLossOptions {
  f32 smoothing = 1;   // added to both parts of the fraction
  bool logits = true;  // x are logits, of which the predictions are the sigmoid; else x are the predictions
};
/// The mean over the samples, the first axis, of 1 - (2 * sum p t + smoothing) / (sum p + sum t + smoothing), with
/// predictions p and targets t in [0, 1] (soft Dice: Milletari, Navab, Ahmadi 2016, without its squares). A sample in
/// which nothing is predicted or wanted has loss 0. To count classes apart, make them samples.
Tensor dice_loss(Tensor const& x, Tensor const& target, DiceLossOptions const& options = {});

/// Distillation (Hinton, Vinyals, Dean 2015): the mean over the rows of temperature^2 * sum p * log(p / q), with
/// p = softmax(teacher / temperature) and q = softmax(student / temperature). Logits [rows, classes] in f32, f16 or
/// bf16.
Tensor kl_divergence(Tensor const& student, Tensor const& teacher, f32 temperature = 1);

}  // namespace heddle::ops
