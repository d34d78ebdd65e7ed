// Normalisation with learned scale and shift.
#pragma once

#include "kernels/core/activation.h"
#include "ops/tensor.h"

namespace heddle::ops {

/// Over all but the last axis, with this batch's statistics; moves the running ones, in place, by `momentum`. Then the
/// residual is added, and the activation applied, in the same pass: activation(norm(x) + residual).
/// x and residual [..., c], the others [c] in f32; residual and running statistics may be undefined.
Tensor batch_norm_training(Tensor const& x, Tensor const& gamma, Tensor const& beta, Tensor running_mean,
                           Tensor running_variance, f32 momentum = 0.1f, f32 epsilon = 1e-5f,
                           Activation activation = Activation::none, Tensor const& residual = {});
/// With the running statistics. Only the training form is differentiable: Tape::backward through this one throws an
/// Error.
Tensor batch_norm_inference(Tensor const& x, Tensor const& gamma, Tensor const& beta, Tensor const& running_mean,
                            Tensor const& running_variance, f32 epsilon = 1e-5f,
                            Activation activation = Activation::none, Tensor const& residual = {});
/// Over each image and `groups` groups of neighbouring channels, then the activation: x [n, ..., c], gamma and beta [c]
/// in f32. As many groups as channels make it instance normalisation.
Tensor group_norm(Tensor const& x, Tensor const& gamma, Tensor const& beta, i64 groups, f32 epsilon = 1e-5f,
                  Activation activation = Activation::none);
/// Over the last axis: x [..., columns], gamma and beta [columns] in f32.
Tensor layer_norm(Tensor const& x, Tensor const& gamma, Tensor const& beta, f32 epsilon = 1e-5f);
/// Over the last axis by its root mean square: x [..., columns], gamma [columns] in f32.
Tensor rms_norm(Tensor const& x, Tensor const& gamma, f32 epsilon = 1e-6f);
/// Each filter of v [k, …] with the length that g [k] gives it: w = g v / |v| (Salimans, Kingma 2016), differentiable
/// in both. A filter of zeros stays one, and has no gradient.
Tensor weight_norm(Tensor const& v, Tensor const& g);
/// Each filter of w [k, …] with mean 0 and variance 1 (Qiao, Wang, Liu, Shen, Yuille 2019), differentiable.
Tensor weight_standardisation(Tensor const& w, f32 epsilon = 1e-5f);

}  // namespace heddle::ops
