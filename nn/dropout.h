// Dropout and its relatives as modules.
#pragma once

#include "nn/module.h"
#include "ops/elementwise.h"

namespace heddle::nn {

/// In training, y = x with units set to zero with the probability `rate` and the others divided by 1 - rate, other ones
/// at each call; in inference mode y = x. Units are
///   element   dropout (Srivastava et al. 2014)
///   channel   those of a sample, of x [n, ..., c]: "spatial" dropout (Tompson et al. 2015)
///   sample    of x [n, ...], the last step of a residual branch: stochastic depth (Huang et al. 2016)
class Dropout final : public Module {
 public:
  /// The random numbers depend on the generator's state here and on the calls before, which a checkpoint keeps. Throws
  /// an Error unless the rate is in [0, 1].
  Dropout(f32 rate, Generator& generator, ops::DropoutUnit unit = ops::DropoutUnit::element);

  std::string_view kind() const override;
  std::string details() const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  f32 rate_;
  ops::DropoutUnit unit_;
  std::shared_ptr<Generator> generator_;
};

}  // namespace heddle::nn
