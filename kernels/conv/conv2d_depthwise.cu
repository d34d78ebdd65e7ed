// Launchers of the depthwise kernels: for CUDA, and for the emulator.
#include <algorithm>
#include <span>
#include <vector>

#include "kernels/conv/conv_axes.h"
#include "kernels/conv/conv_special.h"
#include "kernels/conv/depthwise_filter_gradient.cuh"
#include "kernels/conv/depthwise_gather.cuh"
#include "kernels/core/choice.h"
#include "kernels/core/error.h"
#include "kernels/tile/launch_column_reduction.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

constexpr DepthwiseWindow gather_windows[] = {any_window, {3, 1}, {5, 1}, {7, 1}, {3, 2}, {5, 2}, {3, 1, 2}, {5, 1, 2}};
constexpr DepthwiseWindow gradient_windows[] = {any_window, {3, 1}, {5, 1}, {7, 1}, {3, 2}, {5, 2}};

/// The window of `candidates` that reads whole rows of the filter, with taps side by side.
DepthwiseWindow choose_window(std::span<DepthwiseWindow const> candidates, Conv2dShape const& s, i64 step, i64 phases) {
  for (DepthwiseWindow const& window : candidates)
    if (s.dilation_w == 1 && window.taps == s.s && window.step == step && window.phases == phases &&
        s.r * s.s <= most_depthwise_taps(window))
      return window;
  return any_window;
}

dim3 grid(char const* name, i64 blocks) {
  check(blocks <= 0x7fffffff, "[", name, "] has more blocks than a launch takes: ", blocks);
  return dim3(static_cast<unsigned>(blocks));
}

/// Whether accesses of 16 bytes of channels are aligned.
template <class T>
bool wide(i64 channels, T const* source, T const* target) {
  return channels % widest_vector<T> == 0 && aligned(source, target);
}

template <class T>
struct DepthwisePass {
  char const* name;
  Conv2dShape const& shape;
  T const* source;
  T const* filter;
  T* target;
};

i64 largest(std::span<Axis const> phases) { return std::ranges::max(phases, {}, &Axis::count).count; }

/// The pixels of the given phases of each axis.
template <DepthwiseWindow window, int vector, class T>
void gather(DepthwisePass<T> const& pass, std::span<Axis const> vertical, std::span<Axis const> horizontal,
            Stream stream) {
  using Kernel = DepthwiseGather<T, window, vector>;
  Conv2dShape const& s = pass.shape;
  i64 const rows = largest(vertical), columns = largest(horizontal);
  if (rows * columns == 0) return;
  DepthwiseLanes const lanes(Kernel::threads, Kernel::most_lanes, s.c, vector);
  Strips const strips(s.n, rows, columns, depthwise_columns);
  i64 const strips_of_block = depthwise_strips_of_block(strips.count(), lanes);
  typename Kernel::Params params = {.vertical = {},
                                    .horizontal = {},
                                    .vertical_phases = static_cast<int>(vertical.size()),
                                    .channels = s.c,
                                    .lanes = lanes,
                                    .strips = strips,
                                    .strips_of_block = strips_of_block,
                                    .taps = static_cast<int>(s.r * s.s),
                                    .taps_of_row = static_cast<int>(s.s),
                                    .source = pass.source,
                                    .filter = pass.filter,
                                    .target = pass.target};
  for (std::size_t i = 0; i < vertical.size(); ++i) params.vertical[i] = gather_axis(vertical[i]);
  for (std::size_t i = 0; i < horizontal.size(); ++i) params.horizontal[i] = gather_axis(horizontal[i]);
  launch<Kernel>(grid(pass.name, ceil_div(strips.count(), strips_of_block) * lanes.slabs), params, stream, pass.name);
}

/// The same with the window for them; the any_window has the phases one by one.
template <class T>
void gather(DepthwisePass<T> const& pass, std::vector<Axis> const& vertical, std::vector<Axis> const& horizontal,
            DepthwiseWindow const& window, Stream stream) {
  if (window != any_window)
    return with_config<gather_windows>(window, [&]<DepthwiseWindow chosen>() {
      gather<chosen, widest_vector<T>>(pass, vertical, horizontal, stream);
    });
  for (Axis const& rows : vertical)
    for (Axis const& columns : horizontal)
      if (wide(pass.shape.c, pass.source, pass.target))
        gather<any_window, widest_vector<T>>(pass, {&rows, 1}, {&columns, 1}, stream);
      else
        gather<any_window, 1>(pass, {&rows, 1}, {&columns, 1}, stream);
}

std::vector<Axis> phases(ConvAxis const& axis) {
  std::vector<Axis> all;
  for (i64 phase = 0; phase < axis.stride; ++phase) all.push_back(axis.backward(phase));
  return all;
}

/// The parts of the gradient of the filters.
template <DepthwiseWindow window, int vector, class T>
void filter_gradient(Conv2dBackwardFilterArgs<T> const& args, Stream stream) {
  using Kernel = DepthwiseFilterGradient<T, window, vector>;
  Conv2dShape const& s = args.shape;
  DepthwiseLanes const lanes(Kernel::threads, Kernel::most_lanes, s.c, vector);
  Strips const strips(s.n, s.p(), s.q(), depthwise_columns);
  i64 const parts = depthwise_parts(s), tasks_of_row = s.s / window.taps, tasks = s.r * tasks_of_row;
  i64 const tasks_at_once = std::min<i64>(tasks, lanes.teams), task_groups = ceil_div(tasks, tasks_at_once);
  launch<Kernel>(grid("conv2d_backward_filter", parts * task_groups * lanes.slabs),
                 {.vertical = gather_axis(vertical(s).forward()),
                  .horizontal = gather_axis(horizontal(s).forward()),
                  .channels = s.c,
                  .lanes = lanes,
                  .strips = strips,
                  .strips_of_part = ceil_div(strips.count(), parts),
                  .tasks = static_cast<int>(tasks),
                  .tasks_of_row = static_cast<int>(tasks_of_row),
                  .tasks_at_once = static_cast<int>(tasks_at_once),
                  .task_groups = static_cast<int>(task_groups),
                  .x = args.x,
                  .dy = args.dy,
                  .partial = static_cast<f32*>(args.workspace.data)},
                 stream, "conv2d_backward_filter");
}

}  // namespace

template <class T>
void depthwise_forward(Conv2dForwardArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  if (s.output_count() == 0) return;
  DepthwiseWindow const window =
      wide(s.c, args.x, args.y) ? choose_window(gather_windows, s, s.stride_w, 1) : any_window;
  gather<T>({"conv2d_forward", s, args.x, args.filter, args.y}, {vertical(s).forward()}, {horizontal(s).forward()},
            window, stream);
}

template <class T>
void depthwise_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  if (s.input_count() == 0) return;
  bool const whole = wide(s.c, args.dy, args.dx) && s.stride_h <= most_depthwise_phases;
  DepthwiseWindow const window = whole ? choose_window(gather_windows, s, 1, s.stride_w) : any_window;
  gather<T>({"conv2d_backward_data", s, args.dy, args.filter, args.dx}, phases(vertical(s)), phases(horizontal(s)),
            window, stream);
}

template <class T>
void depthwise_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream) {
  Conv2dShape const& s = args.shape;
  if (s.filter_count() == 0) return;
  if (wide(s.c, args.x, args.dy))
    with_config<gradient_windows>(choose_window(gradient_windows, s, s.stride_w, 1), [&]<DepthwiseWindow window>() {
      filter_gradient<window, widest_vector<T>>(args, stream);
    });
  else
    filter_gradient<any_window, 1>(args, stream);
  i64 const count = s.filter_count(), taps = s.r * s.s;
  launch_column_reduction_finish<SumReducer>(1, count, depthwise_parts(s), static_cast<f32 const*>(args.workspace.data),
                                             StoreDepthwiseFilter<T>{Divisor(s.c), taps, args.dfilter}, stream,
                                             "conv2d_backward_filter");
}

HEDDLE_INSTANTIATE(depthwise_forward, Conv2dForwardArgs);
HEDDLE_INSTANTIATE(depthwise_backward_data, Conv2dBackwardDataArgs);
HEDDLE_INSTANTIATE(depthwise_backward_filter, Conv2dBackwardFilterArgs);

}  // namespace heddle::HEDDLE_BACKEND
