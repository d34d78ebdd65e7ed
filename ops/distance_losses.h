// Losses on distances between embeddings, averaged over the rows.
#pragma once

#include "ops/tensor.h"

namespace heddle::ops {

// Embeddings: [rows, columns] of one type, f32, f16 or bf16; labels: [rows] i32 -> the mean, an f32 tensor of shape [];
// 0 for no rows. A distance of 0 has gradient 0.

/// The mean of |x - center|^2 / 2, where the label of a row chooses among centers [classes, columns] (Wen et al. 2016).
/// The gradient of a center is that of the loss, the mean over the rows; where the paper divides the sum of a center's
/// rows by one more than their number, the learning rate of the centers differs. Throws an Error that names row and
/// value for a label outside [0, classes); on a GPU the loss is NaN.
Tensor center_loss(Tensor const& x, Tensor const& labels, Tensor const& centers);
/// The mean of D^2 / 2 where the label is 1, else of max(0, margin - D)^2 / 2, with D = |a - b| (Hadsell, Chopra, LeCun
/// 2006).
Tensor contrastive_loss(Tensor const& a, Tensor const& b, Tensor const& labels, f32 margin = 1);
/// The mean of max(0, |anchor - positive| - |anchor - negative| + margin) (Schroff, Kalenichenko, Philbin 2015).
Tensor triplet_loss(Tensor const& anchor, Tensor const& positive, Tensor const& negative, f32 margin = 1);

}  // namespace heddle::ops
