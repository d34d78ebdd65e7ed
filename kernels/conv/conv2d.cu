// Launchers of the convolution's directions: for CUDA, and for the emulator.
#include "kernels/conv/conv_directions.h"
#include "kernels/conv/conv_paths.cuh"
#include "kernels/conv/conv_special.h"
#include "kernels/core/arguments.h"
#include "kernels/tile/launch_epilogue.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void conv2d_forward(Conv2dForwardArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_forward", args);
  check_workspace("conv2d_forward", args);
  if (goes(ConvPath::depthwise, args)) return depthwise_forward(args, stream);
  if (goes(ConvPath::gemm, args)) return product_forward(args, stream);
  ConvProblem<T> c = problem_of(args);
  i64 const row_blocks = most_row_blocks(c.pixels(), 1);
  c.output = output_of(c, args.y, args.epilogue, static_cast<f32*>(args.workspace.data), row_blocks);
  begin_reductions(args.epilogue, stream);
  int rows_of_block = 1;
  if (c.pixels() * s.k > 0) rows_of_block = correlate(c, stream);
  finish_reductions(args.epilogue, c.output, ceil_div<i64>(c.pixels(), rows_of_block), stream, c.name);
}

template <class T>
void conv2d_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_backward_data", args);
  check_workspace("conv2d_backward_data", args);
  if (goes(ConvPath::depthwise, args)) return depthwise_backward_data(args, stream);
  if (goes(ConvPath::gemm, args)) return product_backward_data(args, stream);
  f32* const partial = static_cast<f32*>(args.workspace.data);
  i64 const row_blocks = most_row_blocks(s.n * s.h * s.w, s.stride_h * s.stride_w);
  i64 blocks_before = 0;  // of the phases before
  begin_reductions(args.epilogue, stream);
  for (i64 phase_h = 0; phase_h < s.stride_h; ++phase_h)
    for (i64 phase_w = 0; phase_w < s.stride_w; ++phase_w) {
      ConvProblem<T> c = problem_of(args, phase_h, phase_w);
      if (c.pixels() * s.c == 0) continue;
      c.output = output_of(c, args.dx, args.epilogue, partial + blocks_before * s.c, row_blocks);
      blocks_before += ceil_div<i64>(c.pixels(), correlate(c, stream));
    }
  ConvProblem<T> const any = problem_of(args, 0, 0);
  finish_reductions(args.epilogue, output_of(any, args.dx, args.epilogue, partial, row_blocks), blocks_before, stream,
                    any.name);
}

template <class T>
void conv2d_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  check_shape(s);
  check_tensors("conv2d_backward_filter", args);
  check_workspace("conv2d_backward_filter", args);
  if (goes(ConvPath::depthwise, args)) return depthwise_backward_filter(args, stream);
  if (goes(ConvPath::gemm, args)) return product_backward_filter(args, stream);
  if (s.filter_count() > 0) filter_gradient(args, stream);
}

HEDDLE_INSTANTIATE(conv2d_forward, Conv2dForwardArgs);
HEDDLE_INSTANTIATE(conv2d_backward_data, Conv2dBackwardDataArgs);
HEDDLE_INSTANTIATE(conv2d_backward_filter, Conv2dBackwardFilterArgs);

}  // namespace heddle::HEDDLE_BACKEND
