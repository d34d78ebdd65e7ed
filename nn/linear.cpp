#include "nn/linear.h"

#include <fmt/format.h>

#include "kernels/core/error.h"
#include "nn/init.h"
#include "ops/linear.h"

namespace heddle::nn {

Linear::Linear(i64 in, i64 out, Generator& generator, bool bias) {
  check(in > 0 && out > 0, "[Linear] sizes must be positive: in=", in, ", out=", out);
  weight_ = add_weight("weight", default_uniform({out, in}, in, generator));
  if (bias) bias_ = add_weight("bias", default_uniform({out}, in, generator));
}

std::string Linear::details() const { return fmt::format("{} -> {}", weight_.size(1), weight_.size(0)); }

i64 Linear::macs(Shape const&, Shape const& y) const { return y.count() * weight_.size(1); }

Tensor Linear::forward(Tensor const& x) { return ops::linear(x, computed(weight_), computed(bias_)); }

}  // namespace heddle::nn
