// Which of its kernels makes a convolution: the one asked for, or the one that should be fastest.
#pragma once

#include <iterator>
#include <string>

#include "kernels/conv/conv_plain.h"
#include "kernels/conv/conv_tensor_core.h"
#include "kernels/machine/device.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class Configs>
bool has(Configs const& configs, int config) {
  return config >= 0 && config < std::ssize(configs);
}

/// Whether the kernel, of which there is such a configuration, takes the convolution.
template <class T>
bool takes(ConvChoice const& choice, ConvProblem<T> const& c) {
  switch (choice.path) {
    case ConvPath::plain:
      return choice.config == 0;
    case ConvPath::sm80:
      return has(conv_sm80_configs, choice.config) && conv_sm80_takes(c);
    case ConvPath::sm90:
      return has(conv_sm90_configs, choice.config) && kernel_architecture() == 90 && conv_sm90_takes(c);
    default:
      return false;
  }
}

template <class T>
bool takes(ConvChoice const& choice, Conv2dBackwardFilterArgs<T> const& args) {
  switch (choice.path) {
    case ConvPath::plain:
      return choice.config == 0;
    case ConvPath::sm80:
      return has(filter_gradient_sm80_configs, choice.config) && filter_gradient_sm80_takes(args);
    case ConvPath::sm90:
      return has(filter_gradient_sm90_configs, choice.config) && kernel_architecture() == 90 &&
             filter_gradient_sm90_takes(args);
    default:
      return false;
  }
}

/// The first of the candidates, by falling speed, that takes the convolution; the plain one takes all.
template <class Convolution>
ConvChoice first_that_takes(Convolution const& c, std::initializer_list<ConvChoice> candidates) {
  for (ConvChoice const& candidate : candidates)
    if (takes(candidate, c)) return candidate;
  return {ConvPath::plain};
}

/// Whether wgmma, in steps of 64 channels of a tap, wastes no more than what mma.sync is slower.
constexpr bool fills_steps(i64 channels) { return 5 * channels >= 3 * ceil_div<i64>(channels, 64) * 64; }

template <class T>
ConvChoice choose(ConvProblem<T> const& c) {
  if (c.taps() == 0) return {ConvPath::plain};
  if (c.choice.path != ConvPath::automatic) return c.choice;
  ConvChoice const sm90 = {ConvPath::sm90, fastest_conv_sm90(c)}, sm80 = {ConvPath::sm80, fastest_conv_sm80(c.outputs)};
  return fills_steps(c.inputs) ? first_that_takes(c, {sm90, sm80}) : first_that_takes(c, {sm80, sm90});
}

template <class T>
ConvChoice choose(Conv2dBackwardFilterArgs<T> const& args) {
  if (args.choice.path != ConvPath::automatic) return args.choice;
  Conv2dShape const& s = args.shape;
  ConvChoice const sm90 = {ConvPath::sm90, fastest_filter_gradient_sm90(s)};
  ConvChoice const sm80 = {ConvPath::sm80, fastest_filter_gradient_sm80(s.k / s.groups, s.r * s.s * (s.c / s.groups))};
  return fills_steps(s.c) ? first_that_takes(args, {sm90, sm80}) : first_that_takes(args, {sm80, sm90});
}

template <class Convolution>
void check_takes(char const* name, ConvChoice const& choice, Convolution const& c) {
  if (!takes(choice, c))
    throw ConvRefusal(std::string("[") + name +
                      "] the kernel asked for does not take this convolution here: path=" + name_of(choice.path) +
                      ", config=" + std::to_string(choice.config) + "; leave the choice to " + name);
}

/// Returns the pixels whose sums of channels come together.
template <class T>
int correlate(ConvProblem<T> const& c, Stream stream) {
  ConvChoice const choice = choose(c);
  check_takes(c.name, choice, c);
  if constexpr (sizeof(T) == 2) {
    if (choice.path == ConvPath::sm90) return conv_sm90(c, conv_sm90_configs[choice.config], multiprocessors(), stream);
    if (choice.path == ConvPath::sm80) return conv_sm80(c, conv_sm80_configs[choice.config], stream);
  }
  return conv_plain(c, stream);
}

template <class T>
void filter_gradient(Conv2dBackwardFilterArgs<T> const& args, Stream stream) {
  ConvChoice const choice = choose(args);
  check_takes("conv2d_backward_filter", choice, args);
  if constexpr (sizeof(T) == 2) {
    if (choice.path == ConvPath::sm90)
      return filter_gradient_sm90(args, filter_gradient_sm90_configs[choice.config], multiprocessors(), stream);
    if (choice.path == ConvPath::sm80)
      return filter_gradient_sm80(args, filter_gradient_sm80_configs[choice.config], stream);
  }
  filter_gradient_plain(args, stream);
}

}  // namespace heddle::HEDDLE_BACKEND
