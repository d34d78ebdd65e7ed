#include "nn/dropout.h"

#include <fmt/format.h>

#include "kernels/core/error.h"

namespace heddle::nn {

Dropout::Dropout(f32 rate, Generator& generator, ops::DropoutUnit unit) : rate_(rate), unit_(unit) {
  check(rate >= 0 && rate <= 1, "[Dropout] rate must be between 0 and 1: rate=", rate);
  generator_ = add_generator("generator", generator.split());
}

std::string_view Dropout::kind() const {
  switch (unit_) {
    case ops::DropoutUnit::element:
      break;
    case ops::DropoutUnit::channel:
      return "Dropout2d";
    case ops::DropoutUnit::sample:
      return "StochasticDepth";
  }
  return "Dropout";
}

std::string Dropout::details() const { return fmt::format("{}", rate_); }

Tensor Dropout::forward(Tensor const& x) { return training() ? ops::dropout(x, rate_, unit_, *generator_) : x; }

}  // namespace heddle::nn
