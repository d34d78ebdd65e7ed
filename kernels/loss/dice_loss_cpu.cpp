// The reference: in double precision, a sample at a time.
#include <cmath>

#include "kernels/loss/dice_loss.h"
#include "kernels/loss/dice_loss_check.h"

namespace heddle {

std::size_t dice_loss_workspace_bytes(i64 rows, i64 elements) {
  return static_cast<std::size_t>(rows * plan_dice_loss(rows, elements).chunks) * 3 * sizeof(f32);
}

namespace cpu {
namespace {

struct Prediction {
  double p, slope;  // and its derivative
};

Prediction prediction(DiceOptions const& options, double x) {
  if (!options.logits) return {x, 1};
  double const e = std::exp(-std::abs(x)), p = (x >= 0 ? 1 : e) / (1 + e);
  return {p, e / ((1 + e) * (1 + e))};
}

}  // namespace

template <class T>
void dice_loss_forward(DiceLossForwardArgs<T> const& a, Stream) {
  check_dice_arguments("dice_loss_forward", a);
#pragma omp parallel for schedule(static)
  for (i64 row = 0; row < a.rows; ++row) {
    double products = 0, predicted = 0, wanted = 0;
    for (i64 i = row * a.elements; i < (row + 1) * a.elements; ++i) {
      double const p = prediction(a.options, f32(a.x[i])).p, t = f32(a.target[i]);
      products += p * t;
      predicted += p;
      wanted += t;
    }
    double const n = 2 * products + a.options.smoothing, d = predicted + wanted + a.options.smoothing;
    a.loss[row] = static_cast<f32>(d == 0 ? 0 : 1 - n / d);
    a.sums[2 * row] = static_cast<f32>(n);
    a.sums[2 * row + 1] = static_cast<f32>(d);
  }
}

template <class T>
void dice_loss_backward(DiceLossBackwardArgs<T> const& a, Stream) {
  check_dice_arguments("dice_loss_backward", a);
#pragma omp parallel for schedule(static)
  for (i64 row = 0; row < a.rows; ++row) {
    double const n = a.sums[2 * row], d = a.sums[2 * row + 1];
    double const constant = d == 0 ? 0 : a.dloss * n / (d * d), of_target = d == 0 ? 0 : -2 * a.dloss / d;
    for (i64 i = row * a.elements; i < (row + 1) * a.elements; ++i) {
      double const slope = prediction(a.options, f32(a.x[i])).slope;
      a.dx[i] = T(static_cast<f32>(slope * (constant + of_target * f32(a.target[i]))));
    }
  }
}

HEDDLE_INSTANTIATE(dice_loss_forward, DiceLossForwardArgs);
HEDDLE_INSTANTIATE(dice_loss_backward, DiceLossBackwardArgs);

}  // namespace cpu
}  // namespace heddle
