// Launchers of group normalisation: for CUDA, and for the emulator.
#include "kernels/norm/group_norm.cuh"

#include "kernels/core/choice.h"
#include "kernels/norm/channel_norm.cuh"
#include "kernels/norm/channel_norm_backward.cuh"
#include "kernels/norm/group_norm_check.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// The launches that both passes make between their two over the tensors.
struct GroupLaunches {
  GroupNormShape shape;
  ChannelStrips strips;
  f32* partials;     // [images, chunks, 2, columns]
  f32* of_channels;  // [images, 2, channels]
  f32* a;            // [images, groups]
  f32* b;            // [images, groups]

  GroupLaunches(GroupNormShape const& shape, i64 element_bytes, Workspace workspace)
      : shape(shape),
        strips(shape.images, shape.rows, shape.channels, element_bytes),
        partials(static_cast<f32*>(workspace.data)),
        of_channels(partials + 2 * strips.partials()),
        a(of_channels + 2 * shape.images * shape.channels),
        b(a + shape.images * shape.groups) {}

  dim3 grid() const { return dim3(static_cast<unsigned>(strips.blocks())); }
  dim3 grid_of_channels(i64 images) const {
    return dim3(static_cast<unsigned>(images * ceil_div<i64>(shape.channels, 32)));
  }
  dim3 grid_of_groups() const {
    return dim3(static_cast<unsigned>(ceil_div<i64>(shape.images * shape.groups, GroupOfWarp::threads / 32)));
  }
  /// Whether every image starts at a multiple of 16 bytes, when the tensors do.
  bool images_aligned() const { return shape.images == 1 || strips.elements() % strips.vector == 0; }
};

}  // namespace

template <class T>
void group_norm_forward(GroupNormForwardArgs<T> const& args, Stream stream) {
  check_arguments(args);
  check_workspace("group_norm_forward", args);
  auto const [images, rows, channels, groups] = args.shape;
  GroupLaunches const l(args.shape, sizeof(T), args.workspace);
  bool const wide = l.images_aligned() && aligned(args.x, args.y);
  if (images == 0) return;
  if (l.strips.blocks() > 0)
    launch<ColumnStatistics<T>>(l.grid(), {l.strips, wide, args.x, l.partials}, stream, "group_norm_forward");
  if (channels > 0)
    launch<ImageChannels<false>>(l.grid_of_channels(images), {l.strips, l.partials, l.of_channels}, stream,
                                 "group_norm_forward_channels");
  launch<GroupNormStatistics>(l.grid_of_groups(),
                              {images, rows, channels, groups, args.epsilon, l.of_channels, args.mean, args.rstd},
                              stream, "group_norm_forward_statistics");
  if (l.strips.blocks() > 0)
    launch<ChannelApply<T>>(l.grid(),
                            {l.strips,
                             wide,
                             args.activation,
                             {groups, channels / groups, args.mean, args.rstd, args.gamma, args.beta},
                             args.x,
                             nullptr,
                             args.y,
                             nullptr},
                            stream, "group_norm_forward_apply");
}

template <class T>
void group_norm_backward(GroupNormBackwardArgs<T> const& args, Stream stream) {
  check_arguments(args);
  check_workspace("group_norm_backward", args);
  auto const [images, rows, channels, groups] = args.shape;
  if (channels == 0) return;
  GroupLaunches const l(args.shape, sizeof(T), args.workspace);
  ChannelParameters const parameters = {groups, channels / groups, args.mean, args.rstd, args.gamma, args.beta};
  GradientSource<T> const source = {args.activation, args.x, args.dy, nullptr, nullptr};
  bool const wide = l.images_aligned() && aligned(args.x, args.dy, args.dx);
  if (l.strips.blocks() > 0)
    launch<ColumnGradients<T>>(l.grid(), {l.strips, wide, parameters, source, nullptr, l.partials}, stream,
                               "group_norm_backward");
  if (images > 0) {
    launch<ImageChannels<true>>(l.grid_of_channels(images), {l.strips, l.partials, l.of_channels}, stream,
                                "group_norm_backward_channels");
    launch<GroupNormMeans>(l.grid_of_groups(),
                           {images, rows, channels, groups, l.of_channels, args.gamma, args.rstd, l.a, l.b}, stream,
                           "group_norm_backward_means");
  }
  launch<GroupNormParameters>(l.grid_of_channels(1),
                              {images, channels, groups, l.of_channels, args.rstd, args.dgamma, args.dbeta}, stream,
                              "group_norm_backward_parameters");
  if (l.strips.blocks() > 0)
    launch<ChannelBackwardApply<T>>(l.grid(), {l.strips, wide, parameters, source, l.a, l.b, args.dx}, stream,
                                    "group_norm_backward_apply");
}

HEDDLE_INSTANTIATE(group_norm_forward, GroupNormForwardArgs);
HEDDLE_INSTANTIATE(group_norm_backward, GroupNormBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
