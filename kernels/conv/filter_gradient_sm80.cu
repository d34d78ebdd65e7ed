// Launchers of the filters' gradient by mma.sync: for CUDA, and for the emulator.
#include "kernels/conv/filter_gradient_sm80.cuh"

#include "kernels/conv/conv_tensor_core.h"
#include "kernels/conv/filter_gradient.cuh"
#include "kernels/core/choice.h"
#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// The gradients of `parts` parts of the pixels: rows are the filters of a group, in parts after each other.
template <class Result>
EpilogueOutput gradients(Conv2dShape const& s, Result* to) {
  i64 const outputs = s.k / s.groups, size = s.r * s.s * (s.c / s.groups);
  return {.type = dtype_of<Result>,
          .vectorised = vectors_aligned(to, size),
          .m = outputs,
          .n = size,
          .d = to,
          .ldd = size,
          .stride_d = outputs * size};
}

template <class T, bool aligned, MmaTileConfig config>
void launch_tiles(Conv2dBackwardFilterArgs<T> const& args, i64 parts, EpilogueOutput const& output, Stream stream) {
  constexpr char const* name = "conv2d_backward_filter";
  Conv2dShape const& s = args.shape;
  i64 const pixels = s.n * s.p() * s.q();
  i64 const tiles = ceil_div<i64>(output.m, config.rows) * ceil_div<i64>(output.n, config.columns);
  check(parts * s.groups * tiles <= 0x7fffffff, "[", name,
        "] has more tiles than a launch takes: ", parts * s.groups * tiles);
  launch<FilterGradientSm80<T, aligned, config>>(dim3(static_cast<unsigned>(parts * s.groups * tiles)),
                                                 {.x = {.vertical = gather_axis(vertical(s).forward()),
                                                        .horizontal = gather_axis(horizontal(s).forward()),
                                                        .pixels_of_image = Divisor(s.p() * s.q()),
                                                        .pixels_of_row = Divisor(s.q()),
                                                        .channels = s.c,
                                                        .inputs = static_cast<int>(s.c / s.groups),
                                                        .source = args.x},
                                                  .dy = args.dy,
                                                  .filters = s.k,
                                                  .groups = s.groups,
                                                  .pixels = pixels,
                                                  .pixels_of_part = ceil_div(pixels, parts),
                                                  .output = output,
                                                  .in_rows = writes_in_rows<T>(output)},
                                                 stream, name);
}

template <class T>
void launch_parts(Conv2dBackwardFilterArgs<T> const& args, MmaTileConfig const& config, i64 parts,
                  EpilogueOutput const& output, Stream stream) {
  Conv2dShape const& s = args.shape;
  constexpr i64 piece = 16 / sizeof(T);
  if (s.c / s.groups % piece != 0 || output.m % piece != 0 || !aligned(args.x, args.dy))
    return launch_tiles<T, false, filter_gradient_sm80_configs[2]>(args, parts, output, stream);
  with_config<filter_gradient_sm80_configs>(
      config, [&]<MmaTileConfig chosen>() { launch_tiles<T, true, chosen>(args, parts, output, stream); });
}

}  // namespace

template <class T>
void filter_gradient_sm80(Conv2dBackwardFilterArgs<T> const& args, MmaTileConfig const& config, Stream stream) {
  i64 const parts = backward_filter_parts(args.shape), count = args.shape.filter_count();
  if (parts == 1) return launch_parts(args, config, parts, gradients(args.shape, args.dfilter), stream);
  auto* const partial = static_cast<f32*>(args.workspace.data);
  launch_parts(args, config, parts, gradients(args.shape, partial), stream);
  launch<AddParts<T>>(dim3(static_cast<unsigned>(ceil_div<i64>(count, AddParts<T>::threads))),
                      {count, parts, partial, args.dfilter}, stream, "conv2d_backward_filter");
}

template void filter_gradient_sm80(Conv2dBackwardFilterArgs<f16> const&, MmaTileConfig const&, Stream);
template void filter_gradient_sm80(Conv2dBackwardFilterArgs<bf16> const&, MmaTileConfig const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
