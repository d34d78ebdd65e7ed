// Launchers of the losses of pairs: for CUDA, and for the emulator.
#include "kernels/loss/pair_loss.cuh"

#include "kernels/core/choice.h"
#include "kernels/loss/pair_loss_check.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T, int vector>
void launch_sum(PairLossArgs<T> const& a, i64 blocks, Stream stream) {
  launch<PairLossSum<T, vector>>(
      dim3(static_cast<unsigned>(blocks)),
      {a.options, a.count, a.dloss * a.scale, a.x, a.target, a.dx, static_cast<f32*>(a.workspace.data)}, stream,
      "pair_loss");
}

}  // namespace

template <class T>
void pair_loss(PairLossArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("pair_loss", a);
  i64 const blocks = pair_loss_blocks(a.count);
  if (blocks > 0 && aligned(a.x, a.target, a.dx))
    launch_sum<T, widest_vector<T>>(a, blocks, stream);
  else if (blocks > 0)
    launch_sum<T, 1>(a, blocks, stream);
  launch<PairLossFinish>(dim3(1), {blocks, a.scale, static_cast<f32 const*>(a.workspace.data), a.loss}, stream,
                         "pair_loss_finish");
}

HEDDLE_INSTANTIATE(pair_loss, PairLossArgs);

}  // namespace heddle::HEDDLE_BACKEND
