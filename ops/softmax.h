// Softmax and log-softmax over the last axis.
#pragma once

#include "ops/tensor.h"

namespace heddle::ops {

/// Of z = scale * x + bias, -infinity where mask is 0. mask (u8) and bias (of x's type) are constants of shape
/// [..., columns] whose rows repeat along x: row i of x takes row i % rows of theirs. Either may be undefined.
struct SoftmaxOptions {
  f32 scale = 1;
  Tensor mask = {};
  Tensor bias = {};
};

/// x [..., columns] in f32, f16 or bf16 -> exp(z) / sum(exp(z)). A row that is masked throughout gives zeros.
Tensor softmax(Tensor const& x, SoftmaxOptions const& options = {});
/// x [..., columns] -> z - log(sum(exp(z))). A row that is masked throughout gives -infinity, and gradients of 0.
Tensor log_softmax(Tensor const& x, SoftmaxOptions const& options = {});

}  // namespace heddle::ops
