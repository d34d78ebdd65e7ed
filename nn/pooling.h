// Pooling of NHWC activations.
#pragma once

#include "nn/module.h"
#include "ops/pool2d.h"

namespace heddle::nn {

/// The largest value of each window: x [n, h, w, c] -> [n, p, q, c].
class MaxPool2d final : public Module {
 public:
  /// Square windows; a stride of 0 is that of the window.
  explicit MaxPool2d(i64 window, i64 stride = 0, i64 padding = 0);

  std::string_view kind() const override { return "MaxPool2d"; }
  std::string details() const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  ops::Pool2dOptions options_;
};

/// The mean of each window, padding counted: x [n, h, w, c] -> [n, p, q, c].
class AveragePool2d final : public Module {
 public:
  /// Square windows; a stride of 0 is that of the window.
  explicit AveragePool2d(i64 window, i64 stride = 0, i64 padding = 0);

  std::string_view kind() const override { return "AveragePool2d"; }
  std::string details() const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  ops::Pool2dOptions options_;
};

/// The mean of windows that make an output of p x q: x [n, h, w, c] -> [n, p, q, c]. See ops::adaptive_average_pool.
class AdaptiveAveragePool2d final : public Module {
 public:
  /// Throws an Error that names the sizes unless both are positive.
  AdaptiveAveragePool2d(i64 p, i64 q);

  std::string_view kind() const override { return "AdaptiveAveragePool2d"; }
  std::string details() const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  i64 p_, q_;
};

/// The mean over all positions: x [n, h, w, c] -> [n, c].
class GlobalAveragePool final : public Module {
 public:
  std::string_view kind() const override { return "GlobalAveragePool"; }

 protected:
  Tensor forward(Tensor const& x) override;
};

}  // namespace heddle::nn
