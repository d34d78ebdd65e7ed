// Launchers of the convolution of 16-bit types on sm_90a, forward and backward-data: for CUDA, and for the emulator.
#include "kernels/conv/conv_sm90.cuh"

#include "kernels/conv/conv_tensor_core.h"
#include "kernels/core/error.h"
#include "kernels/gemm/gemm_sm90_launch.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// The filters as they are stored, KRSC: lines of the channels of a tap, one a filter.
template <class T>
StoredLines lines_of_filters(ConvProblem<T> const& c) {
  bool const forward = c.strides.input == 1;
  i64 const of_filter = forward ? c.strides.output : c.strides.input, of_tap = c.strides.tap_column;
  return {forward ? c.outputs : c.inputs, forward ? c.inputs : c.outputs, of_filter, of_filter / of_tap, of_tap};
}

template <class Kernel, class T>
void launch_tiles(ConvProblem<T> const& c, int blocks, Stream stream) {
  using Layout = typename Kernel::Layout;
  GatherAxis const &v = c.vertical, &h = c.horizontal;
  int const filter_columns = static_cast<int>(c.strides.tap_row / c.strides.tap_column);
  launch_gemm_sm90<Kernel>(
      {.grid = {v, h},
       .indices = {v.tap_index * filter_columns + h.tap_index, v.tap_step * filter_columns, h.tap_step},
       .taps = static_cast<int>(c.taps()),
       .panels = static_cast<int>(ceil_div<i64>(c.inputs, Layout::panel)),
       .a = make_tensor_map(c.source, pixel_columns<T>(v, h, c.images, c.inputs, Layout::rows)),
       .b = map_operand(c.filter, lines_of_filters(c), Layout::major_b, Layout::columns_of_b)},
      GemmTiles(c.pixels(), c.outputs, 1, Layout::config), c.output, blocks, stream, c.name);
}

}  // namespace

template <class T>
int conv_sm90(ConvProblem<T> const& problem, GemmSm90Config const& config, int blocks, Stream stream) {
  check(std::ranges::find(conv_sm90_configs, config) != std::end(conv_sm90_configs) && blocks >= config.cluster, "[",
        problem.name, "] this configuration has no kernel, or too few blocks: columns=", config.columns,
        ", stages=", config.stages, ", cluster=", config.cluster, ", blocks=", blocks,
        "; take one of conv_sm90_configs");
  auto const launch_of = [&]<Major filters>() {
    with_config<conv_sm90_configs>(config, [&]<GemmSm90Config chosen>() {
      launch_tiles<GemmSm90<GemmSm90Layout<ConvSm90Operands<T, filters>, chosen>>>(problem, blocks, stream);
    });
  };
  if (problem.strides.input == 1)
    launch_of.template operator()<Major::k>();
  else
    launch_of.template operator()<Major::mn>();
  return config.consumer_rows();
}

template int conv_sm90(ConvProblem<f16> const&, GemmSm90Config const&, int, Stream);
template int conv_sm90(ConvProblem<bf16> const&, GemmSm90Config const&, int, Stream);

}  // namespace heddle::HEDDLE_BACKEND
