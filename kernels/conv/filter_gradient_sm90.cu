// Launchers of the gradient of a convolution's filters in 16-bit types on sm_90a: for CUDA, and for the emulator.
#include "kernels/conv/filter_gradient_sm90.cuh"

#include "kernels/conv/conv_tensor_core.h"
#include "kernels/conv/filter_gradient.cuh"
#include "kernels/core/error.h"
#include "kernels/gemm/gemm_sm90_launch.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class Kernel, class T>
void launch_parts(Conv2dBackwardFilterArgs<T> const& args, i64 parts, int blocks, Stream stream) {
  using Layout = typename Kernel::Layout;
  Conv2dShape const& s = args.shape;
  GatherAxis const v = gather_axis(vertical(s).forward()), h = gather_axis(horizontal(s).forward());
  i64 const pixels = s.n * s.p() * s.q(), taps = s.r * s.s, panels = ceil_div<i64>(s.c, Layout::panel);
  launch_gemm_sm90<Kernel>({.grid = {v, h},
                            .channels = static_cast<int>(s.c),
                            .taps = static_cast<int>(taps),
                            .panels_of_tap = Divisor(panels),
                            .rounds_of_part = static_cast<int>(ceil_div(ceil_div<i64>(pixels, Layout::depth), parts)),
                            .a = map_operand(args.dy, {pixels, s.k, s.k}, Layout::major_a, Layout::rows),
                            .b = make_tensor_map(args.x, pixel_columns<T>(v, h, s.n, s.c, Layout::depth))},
                           GemmTiles(s.k, taps * panels * Layout::panel, parts, Layout::config),
                           {.type = DType::f32,
                            .m = s.k,
                            .n = taps * s.c,
                            .d = args.workspace.data,
                            .ldd = taps * s.c,
                            .stride_d = s.filter_count()},
                           blocks, stream, "conv2d_backward_filter");
}

}  // namespace

template <class T>
void filter_gradient_sm90(Conv2dBackwardFilterArgs<T> const& args, GemmSm90Config const& config, int blocks,
                          Stream stream) {
  check(std::ranges::find(filter_gradient_sm90_configs, config) != std::end(filter_gradient_sm90_configs) &&
            blocks >= config.cluster,
        "[conv2d_backward_filter] this configuration has no kernel, or too few blocks: columns=", config.columns,
        ", stages=", config.stages, ", cluster=", config.cluster, ", blocks=", blocks,
        "; take one of filter_gradient_sm90_configs");
  i64 const parts = filter_gradient_sm90_parts(args.shape, config), count = args.shape.filter_count();
  with_config<filter_gradient_sm90_configs>(config, [&]<GemmSm90Config chosen>() {
    using Layout = GemmSm90Layout<FilterGradientOperands<T>, chosen>;
    launch_parts<GemmSm90<Layout, FilterGradientOutput<Layout>>>(args, parts, blocks, stream);
  });
  launch<AddParts<T>>(dim3(static_cast<unsigned>(ceil_div<i64>(count, AddParts<T>::threads))),
                      {count, parts, static_cast<f32 const*>(args.workspace.data), args.dfilter}, stream,
                      "conv2d_backward_filter");
}

template void filter_gradient_sm90(Conv2dBackwardFilterArgs<f16> const&, GemmSm90Config const&, int, Stream);
template void filter_gradient_sm90(Conv2dBackwardFilterArgs<bf16> const&, GemmSm90Config const&, int, Stream);

}  // namespace heddle::HEDDLE_BACKEND
