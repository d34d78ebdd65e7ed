// Initial values of weights. Filters are [k, r, s, c], matrices [out, in]: the fan-in is the product of all sizes but
// the first, the fan-out is the first size times the window r * s.
#pragma once

#include "ops/generator.h"

namespace heddle::nn {

class Module;

i64 fan_in(Shape const& weight);
i64 fan_out(Shape const& weight);

/// Uniform in +-gain * sqrt(3 / fan_in); gain sqrt(2) keeps the variance through ReLU (He et al. 2015,
/// "Delving deep into rectifiers").
Tensor kaiming_uniform(Shape const& weight, Generator& generator, f32 gain = 1.41421356f);
/// Normal with deviation gain / sqrt(fan_in) (He et al. 2015).
Tensor kaiming_normal(Shape const& weight, Generator& generator, f32 gain = 1.41421356f);
/// Uniform in +-gain * sqrt(6 / (fan_in + fan_out)) (Glorot, Bengio 2010).
Tensor xavier_uniform(Shape const& weight, Generator& generator, f32 gain = 1);
/// What PyTorch gives the weights and biases of convolutions and linear layers: uniform in +-1 / sqrt(fan).
Tensor default_uniform(Shape const& shape, i64 fan, Generator& generator);

/// Gives all filters (parameters of rank 4) of a model new values from `kaiming_normal`, as He et al. do for ResNets.
void reset_filters(Module& module, Generator& generator);

}  // namespace heddle::nn
