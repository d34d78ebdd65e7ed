#include "ops/tape.h"

#include <utility>

#include "kernels/core/error.h"
#include "ops/allocator.h"
#include "ops/elementwise.h"
#include "ops/out_of_memory.h"
#include "profiling/range.h"

namespace heddle {

namespace {

thread_local Tape* recording = nullptr;

/// slot.value += gradient. A gradient that another tensor holds as well is never written to.
void accumulate(Tensor::GradientSlot& slot, Tensor const& gradient) {
  if (!slot.value.defined()) {
    slot.value = gradient;
  } else if (slot.value.share_count() == 1) {
    ops::add_scaled_(slot.value, gradient, 1);
  } else {
    slot.value = ops::add(slot.value, gradient);
  }
}

std::vector<Tensor> gradients_of(std::string_view name, BackwardFn const& backward, Tensor const& dy) try {
  return backward(dy);
} catch (OutOfMemory& error) {
  error.set_place("the backward pass of " + std::string(name));
  throw;
}

}  // namespace

Tape::Tape() {
  check(recording == nullptr, "[tape] another tape records on this thread already");
  recording = this;
}

Tape::~Tape() {
  if (recording == this) recording = nullptr;
}

void record(std::string_view name, std::vector<Tensor> const& inputs, Tensor& output, BackwardFn backward) {
  if (recording == nullptr) return;
  bool needed = false;
  std::vector<std::shared_ptr<Tensor::GradientSlot>> slots;
  for (Tensor const& input : inputs) {
    slots.push_back(input.defined() ? input.gradient_slot() : nullptr);
    needed |= input.defined() && input.requires_gradient();
  }
  if (!needed) return;
  output.set_requires_gradient(true);
  recording->nodes_.push_back({name, std::move(slots), output.gradient_slot(), std::move(backward)});
}

void Tape::backward(Tensor const& loss, f32 scale) {
  check(loss.count() == 1 && loss.dtype() == DType::f32, "[backward] the loss must be one f32: ", loss.shape());
  check(loss.requires_gradient(), "[backward] nothing that the loss was made from requires a gradient");
  recording = nullptr;  // the backward pass itself is not recorded
  MemoryScope const scope(MemoryUse::gradients);
  accumulate(*loss.gradient_slot(), Tensor::full(loss.shape(), scale, loss.device()));

  while (!nodes_.empty()) {
    Node node = std::move(nodes_.back());
    nodes_.pop_back();
    Tensor const dy = std::exchange(node.output->value, Tensor());
    if (!dy.defined()) continue;  // a result that the loss does not depend on
    profiling::Range const range(node.name.data());
    std::vector<Tensor> const gradients = gradients_of(node.name, node.backward, dy);
    for (std::size_t i = 0; i < gradients.size(); ++i)
      if (gradients[i].defined() && node.inputs[i]->required) accumulate(*node.inputs[i], gradients[i]);
  }
  recording = this;
}

}  // namespace heddle
