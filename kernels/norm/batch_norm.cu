// Launchers of batch normalisation: for CUDA, and for the emulator.
#include "kernels/norm/batch_norm.cuh"

#include "kernels/core/choice.h"
#include "kernels/norm/batch_norm_check.h"
#include "kernels/norm/channel_norm.cuh"
#include "kernels/norm/channel_norm_backward.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

dim3 grid_of(ChannelStrips const& strips) { return dim3(static_cast<unsigned>(strips.blocks())); }
dim3 grid_of_channels(i64 channels) { return dim3(static_cast<unsigned>(ceil_div<i64>(channels, 32))); }
f32 inverse(i64 count) { return static_cast<f32>(1.0 / static_cast<double>(count)); }

}  // namespace

template <class T>
void batch_norm_training(BatchNormTrainingArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("batch_norm_training", a);
  auto const [rows, channels] = a.shape;
  if (channels == 0) return;
  ChannelStrips const strips(1, rows, channels, sizeof(T));
  auto* const partials = static_cast<f32*>(a.workspace.data);
  if (rows > 0)
    launch<ColumnStatistics<T>>(grid_of(strips), {strips, aligned(a.x), a.x, partials}, stream, "batch_norm_training");
  launch<BatchNormStatistics>(grid_of_channels(channels),
                              {strips, rows == 0 ? 0 : inverse(rows), inverse(std::max<i64>(rows - 1, 1)), a.epsilon,
                               a.momentum, partials, a.mean, a.rstd, a.running_mean, a.running_variance},
                              stream, "batch_norm_training_statistics");
  if (rows > 0)
    launch<ChannelApply<T>>(grid_of(strips),
                            {strips,
                             aligned(a.x, a.residual, a.y),
                             a.activation,
                             {channels, 1, a.mean, a.rstd, a.gamma, a.beta},
                             a.x,
                             a.residual,
                             a.y,
                             a.positive},
                            stream, "batch_norm_training_apply");
}

template <class T>
void batch_norm_inference(BatchNormInferenceArgs<T> const& a, Stream stream) {
  check_arguments(a);
  auto const [rows, channels] = a.shape;
  if (a.shape.elements() == 0) return;
  ChannelStrips const strips(1, rows, channels, sizeof(T));
  launch<ChannelApply<T>>(grid_of(strips),
                          {strips,
                           aligned(a.x, a.residual, a.y),
                           a.activation,
                           {channels, 1, a.running_mean, nullptr, a.gamma, a.beta, a.running_variance, a.epsilon},
                           a.x,
                           a.residual,
                           a.y,
                           nullptr},
                          stream, "batch_norm_inference");
}

template <class T>
void batch_norm_backward(BatchNormBackwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  check_workspace("batch_norm_backward", a);
  auto const [rows, channels] = a.shape;
  if (channels == 0) return;
  ChannelStrips const strips(1, rows, channels, sizeof(T));
  auto* const partials = static_cast<f32*>(a.workspace.data);
  f32* const mean_g = partials + 2 * strips.partials();
  f32* const slope = mean_g + channels;
  ChannelParameters const parameters = {channels, 1, a.mean, a.rstd, a.gamma, a.beta};
  GradientSource<T> source = {a.activation, a.x, a.dy, a.residual, a.positive};
  if (rows > 0)
    launch<ColumnGradients<T>>(
        grid_of(strips),
        {strips, aligned(a.x, a.dy, a.residual, a.dresidual), parameters, source, a.dresidual, partials}, stream,
        "batch_norm_backward");
  launch<BatchNormGradients>(
      grid_of_channels(channels),
      {strips, rows == 0 ? 0 : inverse(rows), partials, a.gamma, a.rstd, a.dgamma, a.dbeta, mean_g, slope}, stream,
      "batch_norm_backward_gradients");
  if (rows == 0) return;
  if (a.dresidual) source = {Activation::none, a.x, a.dresidual, nullptr, nullptr};
  launch<ChannelBackwardApply<T>>(
      grid_of(strips),
      {strips, aligned(source.x, source.dy, source.residual, a.dx), parameters, source, mean_g, slope, a.dx}, stream,
      "batch_norm_backward_apply");
}

HEDDLE_INSTANTIATE(batch_norm_training, BatchNormTrainingArgs);
HEDDLE_INSTANTIATE(batch_norm_inference, BatchNormInferenceArgs);
HEDDLE_INSTANTIATE(batch_norm_backward, BatchNormBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
