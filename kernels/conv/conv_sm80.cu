// Launchers of the correlation on the matrix unit from sm_80 on: for CUDA, and for the emulator.
#include "kernels/conv/conv_sm80.cuh"

#include "kernels/conv/conv_tensor_core.h"
#include "kernels/core/choice.h"
#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T, Major filter_major, bool aligned, MmaTileConfig config>
void launch_tiles(ConvProblem<T> const& c, Stream stream) {
  i64 const tiles = c.groups * ceil_div<i64>(c.output.m, config.rows) * ceil_div<i64>(c.output.n, config.columns);
  check(tiles <= 0x7fffffff, "[", c.name, "] has more tiles than a launch takes: ", tiles);
  launch<ConvSm80<T, filter_major, aligned, config>>(dim3(static_cast<unsigned>(tiles)),
                                                     {.source = {.vertical = c.vertical,
                                                                 .horizontal = c.horizontal,
                                                                 .pixels_of_image = Divisor(c.pixels_of_image()),
                                                                 .pixels_of_row = Divisor(c.horizontal.count),
                                                                 .channels = c.groups * c.inputs,
                                                                 .inputs = static_cast<int>(c.inputs),
                                                                 .source = c.source},
                                                      .size = c.taps() * c.inputs,
                                                      .filter = c.filter,
                                                      .strides = c.strides,
                                                      .output = c.output,
                                                      .in_rows = writes_in_rows<T>(c.output)},
                                                     stream, c.name);
}

/// Channels that are not whole pieces take narrow tiles alone.
template <class T, Major filter_major>
void launch_major(ConvProblem<T> const& c, MmaTileConfig const& config, Stream stream) {
  constexpr i64 piece = 16 / sizeof(T);
  bool const whole_outputs = filter_major == Major::k || c.output.n % piece == 0;
  if (c.inputs % piece != 0 || !whole_outputs || !aligned(c.source, c.filter))
    return launch_tiles<T, filter_major, false, conv_sm80_configs[1]>(c, stream);
  with_config<conv_sm80_configs>(
      config, [&]<MmaTileConfig chosen>() { launch_tiles<T, filter_major, true, chosen>(c, stream); });
}

}  // namespace

template <class T>
int conv_sm80(ConvProblem<T> const& c, MmaTileConfig const& config, Stream stream) {
  if (c.strides.input == 1)
    launch_major<T, Major::k>(c, config, stream);
  else
    launch_major<T, Major::mn>(c, config, stream);
  return config.rows;
}

template int conv_sm80(ConvProblem<f16> const&, MmaTileConfig const&, Stream);
template int conv_sm80(ConvProblem<bf16> const&, MmaTileConfig const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
