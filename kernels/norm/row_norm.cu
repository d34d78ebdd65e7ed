// Launchers of layer and root mean square normalisation: for CUDA, and for the emulator.
#include "kernels/norm/row_norm.cuh"

#include "kernels/core/choice.h"
#include "kernels/machine/device.h"
#include "kernels/norm/row_norm_backward.cuh"
#include "kernels/norm/row_norm_check.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
void forward(char const* name, RowNormForwardParams<T> const& p, Stream stream) {
  if (p.rows == 0) return;
  RowConfig const config =
      choose(row_norm_forward_configs, p.columns,
             {sizeof(T), aligned(p.x, p.residual, p.gamma, p.beta, p.sum, p.y), kernel_architecture()});
  with_config<row_norm_forward_configs>(config, [&]<RowConfig chosen>() {
    launch<RowNormForward<T, chosen>>(dim3(row_blocks(chosen, p.rows)), p, stream, name);
  });
}

template <class T>
void backward(char const* name, RowNormBackwardParams<T> const& p, Stream stream) {
  if (p.columns == 0) return;
  RowConfig const config =
      choose(row_norm_backward_configs, p.columns,
             {sizeof(T), aligned(p.x, p.dy, p.dsum, p.gamma, p.dx, p.partial_sums), kernel_architecture()});
  i64 const teams = row_norm_backward_teams(config, p.rows);
  if (teams > 0)
    with_config<row_norm_backward_configs>(config, [&]<RowConfig chosen>() {
      launch<RowNormBackward<T, chosen>>(dim3(row_blocks(chosen, teams * chosen.rows_per_block)), p, stream, name);
    });
  i64 const sums = p.dbeta == nullptr ? p.columns : 2 * p.columns;
  launch<RowNormBackwardFinish>(dim3(static_cast<unsigned>(ceil_div<i64>(sums, 32))),
                                {p.columns, teams, p.partial_sums, p.dgamma, p.dbeta}, stream,
                                "row_norm_backward_finish");
}

}  // namespace

template <class T>
void layer_norm_forward(LayerNormForwardArgs<T> const& a, Stream stream) {
  check_row_norm_forward("layer_norm_forward", a);
  forward("layer_norm_forward", params_of(a), stream);
}

template <class T>
void layer_norm_backward(LayerNormBackwardArgs<T> const& a, Stream stream) {
  check_row_norm_backward("layer_norm_backward", a);
  check_workspace("layer_norm_backward", a);
  backward("layer_norm_backward", params_of(a), stream);
}

template <class T>
void rms_norm_forward(RmsNormForwardArgs<T> const& a, Stream stream) {
  check_row_norm_forward("rms_norm_forward", a);
  forward("rms_norm_forward", params_of(a), stream);
}

template <class T>
void rms_norm_backward(RmsNormBackwardArgs<T> const& a, Stream stream) {
  check_row_norm_backward("rms_norm_backward", a);
  check_workspace("rms_norm_backward", a);
  backward("rms_norm_backward", params_of(a), stream);
}

HEDDLE_INSTANTIATE(layer_norm_forward, LayerNormForwardArgs);
HEDDLE_INSTANTIATE(layer_norm_backward, LayerNormBackwardArgs);
HEDDLE_INSTANTIATE(rms_norm_forward, RmsNormForwardArgs);
HEDDLE_INSTANTIATE(rms_norm_backward, RmsNormBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
