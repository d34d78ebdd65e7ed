#include "nn/init.h"

#include <algorithm>
#include <cmath>

#include "kernels/core/error.h"
#include "nn/module.h"

namespace heddle::nn {
namespace {

Tensor symmetric_uniform(Shape const& shape, f32 bound, Generator& generator) {
  return generator.uniform(shape, -bound, bound);
}

f32 root_of(f32 numerator, i64 denominator) {
  return std::sqrt(numerator / static_cast<f32>(std::max<i64>(denominator, 1)));
}

}  // namespace

i64 fan_in(Shape const& weight) {
  check(weight.rank() >= 2, "[init] a weight has at least two dimensions: ", weight);
  i64 product = 1;
  for (i64 const size : weight.sizes().subspan(1)) product *= size;
  return product;
}

i64 fan_out(Shape const& weight) {
  check(weight.rank() >= 2, "[init] a weight has at least two dimensions: ", weight);
  i64 product = 1;
  for (i64 const size : weight.sizes().first(weight.sizes().size() - 1)) product *= size;
  return product;
}

Tensor kaiming_uniform(Shape const& weight, Generator& generator, f32 gain) {
  return symmetric_uniform(weight, gain * root_of(3, fan_in(weight)), generator);
}

Tensor kaiming_normal(Shape const& weight, Generator& generator, f32 gain) {
  return generator.normal(weight, 0, gain * root_of(1, fan_in(weight)));
}

Tensor xavier_uniform(Shape const& weight, Generator& generator, f32 gain) {
  return symmetric_uniform(weight, gain * root_of(6, fan_in(weight) + fan_out(weight)), generator);
}

Tensor default_uniform(Shape const& shape, i64 fan, Generator& generator) {
  return symmetric_uniform(shape, root_of(1, fan), generator);
}

void reset_filters(Module& module, Generator& generator) {
  for (NamedTensor& parameter : module.parameters())
    if (parameter.tensor.shape().rank() == 4)
      parameter.tensor.copy_from(kaiming_normal(parameter.tensor.shape(), generator));
}

}  // namespace heddle::nn
