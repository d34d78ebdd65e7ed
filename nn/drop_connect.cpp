#include "nn/drop_connect.h"

#include <fmt/format.h>

#include "kernels/core/error.h"
#include "nn/init.h"
#include "ops/elementwise.h"
#include "ops/linear.h"

namespace heddle::nn {

DropConnect::DropConnect(i64 in, i64 out, f32 rate, Generator& generator) : rate_(rate) {
  check(in > 0 && out > 0, "[DropConnect] sizes must be positive: in=", in, ", out=", out);
  check(rate >= 0 && rate <= 1, "[DropConnect] rate must be between 0 and 1: rate=", rate);
  weight_ = add_weight("weight", default_uniform({out, in}, in, generator));
  bias_ = add_weight("bias", default_uniform({out}, in, generator));
  generator_ = add_generator("generator", generator.split());
}

std::string DropConnect::details() const {
  return fmt::format("{} -> {}, {}", weight_.size(1), weight_.size(0), rate_);
}

i64 DropConnect::macs(Shape const&, Shape const& y) const { return y.count() * weight_.size(1); }

Tensor DropConnect::forward(Tensor const& x) {
  Tensor const& all = computed(weight_);
  Tensor const weight = training() ? ops::dropout(all, rate_, ops::DropoutUnit::element, *generator_) : all;
  return ops::linear(x, weight, computed(bias_));
}

}  // namespace heddle::nn
