// Launchers of the Dice loss: for CUDA, and for the emulator.
#include "kernels/loss/dice_loss.cuh"

#include "kernels/core/choice.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T, int vector>
void launch_sums(DiceLossForwardArgs<T> const& a, DicePlan const& plan, Stream stream) {
  launch<DiceLossSums<T, vector>>(dim3(static_cast<unsigned>(a.rows * plan.chunks)),
                                  {plan, a.options.logits, a.x, a.target, static_cast<f32*>(a.workspace.data)}, stream,
                                  "dice_loss_forward");
}

template <class T, int vector>
void launch_gradient(DiceLossBackwardArgs<T> const& a, DicePlan const& plan, Stream stream) {
  launch<DiceLossGradient<T, vector>>(dim3(static_cast<unsigned>(a.rows * plan.chunks)),
                                      {plan, a.options.logits, a.dloss, a.x, a.target, a.sums, a.dx}, stream,
                                      "dice_loss_backward");
}

}  // namespace

template <class T>
void dice_loss_forward(DiceLossForwardArgs<T> const& a, Stream stream) {
  check_dice_arguments("dice_loss_forward", a);
  check_workspace("dice_loss_forward", a);
  if (a.rows == 0) return;
  DicePlan const plan = plan_dice_loss(a.rows, a.elements);
  if (plan.chunks > 0) {
    bool const vectorised = aligned(a.x, a.target) && a.elements % widest_vector<T> == 0;
    vectorised ? launch_sums<T, widest_vector<T>>(a, plan, stream) : launch_sums<T, 1>(a, plan, stream);
  }
  launch<DiceLossFinish>(
      dim3(static_cast<unsigned>(ceil_div<i64>(a.rows, DiceLossFinish::rows_per_block))),
      {a.rows, plan.chunks, a.options.smoothing, static_cast<f32 const*>(a.workspace.data), a.loss, a.sums}, stream,
      "dice_loss_finish");
}

template <class T>
void dice_loss_backward(DiceLossBackwardArgs<T> const& a, Stream stream) {
  check_dice_arguments("dice_loss_backward", a);
  DicePlan const plan = plan_dice_loss(a.rows, a.elements);
  if (plan.chunks == 0) return;
  bool const vectorised = aligned(a.x, a.target, a.dx) && a.elements % widest_vector<T> == 0;
  vectorised ? launch_gradient<T, widest_vector<T>>(a, plan, stream) : launch_gradient<T, 1>(a, plan, stream);
}

HEDDLE_INSTANTIATE(dice_loss_forward, DiceLossForwardArgs);
HEDDLE_INSTANTIATE(dice_loss_backward, DiceLossBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
