// Lists of parameters on random data, for benchmarks, the inspector and tests.
#pragma once

#include <type_traits>

#include "bench/harness/data.h"
#include "bench/harness/operands.h"
#include "kernels/optimizer/adamw.h"
#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/sgd.h"

namespace heddle::bench {

/// The parameters of ResNet-18 (He et al. 2015) for 1000 classes in their order: 62 tensors, 11.7 M elements.
inline std::vector<i64> resnet18_counts() {
  std::vector<i64> counts = {64 * 3 * 49, 64, 64};
  i64 before = 64;
  auto const add = [&](i64 from, i64 to, i64 window) { counts.insert(counts.end(), {to * from * window, to, to}); };
  for (i64 const channels : {64, 128, 256, 512})
    for (int block = 0; block < 2; ++block) {
      add(before, channels, 9);
      add(channels, channels, 9);
      if (before != channels) add(before, channels, 1);
      before = channels;
    }
  counts.insert(counts.end(), {512 * 1000, 1000});
  return counts;
}

/// What a tensor of such a list holds.
inline std::vector<f32> optimizer_values(std::string_view name, i64 count, u64 seed) {
  if (name == "copy") return {};
  if (name == "second_moment") return uniform<f32>(count, seed, 0.01f, 1);
  return uniform<f32>(count, seed);
}

/// A list of tensors in the memory of a device, and the arguments of an operation on it.
template <class Args>
class TensorList {
 public:
  using Tensor = std::remove_const_t<typename decltype(Args::list)::element_type>;

  static constexpr u64 seeds_of_tensor = 64;  // its tensors have those from this times its place in the list

  /// `numbers`: arguments without pointers. Every other tensor decays, and lies `offset` elements from an aligned
  /// address.
  TensorList(Memory const& memory, Args const& numbers, StepState const& state, std::vector<i64> const& counts,
             Values const& values = optimizer_values, u64 seed = 0, i64 offset = 0)
      : args(numbers), initial_state_(state), state_(memory, sizeof(StepState)), tensors_(counts.size()) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      i64 const odd = static_cast<i64>(i % 2);
      tensors_[i].count = counts[i];
      if constexpr (requires { tensors_[i].weight_decay; }) tensors_[i].weight_decay = odd != 0 ? 0.01f : 0;
      operands_.emplace_back(memory, tensors_[i], values, seed + seeds_of_tensor * i, odd * offset);
    }
    state_.write(&initial_state_);
    args.list = tensors_;
    args.state = reinterpret_cast<StepState*>(state_.data());
    if constexpr (requires { args.workspace; }) {
      workspace_.emplace(memory, args.workspace_bytes());
      args.workspace = {workspace_->data(), workspace_->bytes()};
    }
  }
  TensorList(TensorList const&) = delete;

  void reset() const {
    state_.write(&initial_state_);
    for (Operands const& operands : operands_) operands.reset();
  }

  /// The tensors of each element of the list.
  std::vector<Operands> const& operands() const { return operands_; }
  StepState state() const {
    StepState result;
    state_.read(&result);
    return result;
  }
  /// What was written around; empty when nothing was.
  std::string overrun() const {
    for (Operands const& operands : operands_)
      if (std::string const name = operands.overrun(); !name.empty()) return name;
    if (workspace_ && !workspace_->guards_intact()) return "workspace";
    return state_.guards_intact() ? "" : "state";
  }

  Args args;

 private:
  StepState initial_state_;
  DeviceArray state_;
  std::optional<DeviceArray> workspace_;
  std::vector<Tensor> tensors_;
  std::vector<Operands> operands_;
};

struct SgdSample {
  template <class T>
  using Args = SgdArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = sgd<T>;
  static constexpr char const* source = "kernels/optimizer/sgd.cu";

  template <class T>
  static Args<T> arguments() {
    return {.list = {}, .momentum = 0.9f, .nesterov = true};
  }
};

struct AdamWSample {
  template <class T>
  using Args = AdamWArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = adamw<T>;
  static constexpr char const* source = "kernels/optimizer/adamw.cu";

  template <class T>
  static Args<T> arguments() {
    return {.list = {}};
  }
};

struct GradientNormSample {
  template <class T>
  using Args = GradientNormArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = gradient_norm<T>;
  static constexpr char const* source = "kernels/optimizer/gradient_norm.cu";

  template <class T>
  static Args<T> arguments() {
    return {.list = {}, .rules = {.max_norm = 1}, .workspace = {}};
  }
};

/// A state in the midst of a training.
inline constexpr StepState optimizer_state = {
    .step = 3, .learning_rate = 0.1f, .loss_scale = 4, .gradient_scale = 0.25f};

}  // namespace heddle::bench
