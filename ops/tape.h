// Reverse-mode differentiation: a Tape records the operations of its thread while it lives and walks them back.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "ops/tensor.h"

namespace heddle {

/// From the gradient of an operation's result to those of its inputs, in their order; an undefined Tensor where an
/// input needs none. It may return the given gradient itself.
using BackwardFn = std::function<std::vector<Tensor>(Tensor const& dy)>;

class Tape {
 public:
  /// Starts recording on this thread. Throws an Error when another Tape records there.
  Tape();
  ~Tape();
  Tape(Tape const&) = delete;
  Tape& operator=(Tape const&) = delete;

  /// Adds d(scale * loss)/dx to the gradient of every tensor x that the loss, of one element, was made from and that
  /// requires one. Recorded operations, and what they kept, are let go on the way.
  void backward(Tensor const& loss, f32 scale = 1);

 private:
  friend void record(std::string_view, std::vector<Tensor> const&, Tensor&, BackwardFn);
  struct Node {
    std::string_view name;
    std::vector<std::shared_ptr<Tensor::GradientSlot>> inputs;  // null where an input is undefined
    std::shared_ptr<Tensor::GradientSlot> output;
    BackwardFn backward;
  };
  std::vector<Node> nodes_;
};

/// Called by every operation with its result: remembers how to go back, if a Tape records and an input requires a
/// gradient; then `output` requires one too. `name` must outlive the tape (a literal).
void record(std::string_view name, std::vector<Tensor> const& inputs, Tensor& output, BackwardFn backward);

}  // namespace heddle
