// The tensors that the arguments of an operation point to, in the memory of a device.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "bench/harness/device_array.h"
#include "kernels/core/error.h"
#include "kernels/core/operation.h"

namespace heddle::bench {

/// What a tensor holds before the launch: `count` values, the same for one (name, count, seed). Whole numbers where the
/// elements are integers. An optional tensor that gets no values, though it has elements, stays null.
using Values = std::function<std::vector<f32>(std::string_view name, i64 count, u64 seed)>;

class Operands {
 public:
  /// Allocates every tensor, `offset` elements from an aligned address, and the workspace; sets the pointers of `args`;
  /// gives inputs their values and makes outputs NaN.
  template <class Args>
  Operands(Memory const& memory, Args& args, Values const& values, u64 seed = 0, i64 offset = 0) {
    Args::tensors(args, [&](char const* name, auto*& pointer, i64 count, TensorUse use = {}) {
      using Pointee = std::remove_reference_t<decltype(*pointer)>;
      pointer = add<Pointee>(memory, name, count, use, offset, [&] { return values(name, count, seed + all_.size()); });
    });
    if constexpr (requires { args.workspace; }) {
      workspace_.emplace(memory, args.workspace_bytes());
      args.workspace = {workspace_->data(), workspace_->bytes()};
    }
  }

  /// Makes outputs NaN again, and gives what is updated in place its first values.
  void reset() const {
    for (Operand const& operand : all_)
      if (operand.written)
        operand.initial.empty() ? operand.array.poison() : operand.array.write(operand.initial.data());
  }

  /// Calls visit(name, written) for each tensor.
  template <class Visit>
  void for_each(Visit visit) const {
    for (Operand const& operand : all_) visit(operand.name, operand.written);
  }

  /// The elements of a tensor as f32; throws an Error when there is none of that name.
  std::vector<f32> values(std::string_view name) const {
    Operand const& operand = find(name);
    std::vector<u8> bytes(operand.array.bytes());
    operand.array.read(bytes.data());
    return operand.to_f32(bytes);
  }
  /// Likewise, but as they were before the launch where they are updated in place.
  std::vector<f32> first_values(std::string_view name) const {
    Operand const& operand = find(name);
    return operand.initial.empty() ? values(name) : operand.to_f32(operand.initial);
  }
  bool has(std::string_view name) const {
    return std::any_of(all_.begin(), all_.end(), [&](Operand const& operand) { return operand.name == name; });
  }
  /// Half a unit in the last place of the elements, relative to their values; 0 for integers.
  double roundoff(std::string_view name) const { return find(name).roundoff; }

  /// The name of a tensor around which something was written; empty when there is none.
  std::string overrun() const {
    for (Operand const& operand : all_)
      if (!operand.array.guards_intact()) return operand.name;
    return workspace_ && !workspace_->guards_intact() ? "workspace" : "";
  }

 private:
  struct Operand {
    std::string name;
    bool written;
    std::vector<u8> initial;  // where it is updated in place
    DeviceArray array;
    std::vector<f32> (*to_f32)(std::vector<u8> const&);
    double roundoff;
  };

  template <class T>
  static std::vector<f32> widen(std::vector<u8> const& bytes) {
    auto const* const elements = reinterpret_cast<T const*>(bytes.data());
    std::vector<f32> result(bytes.size() / sizeof(T));
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<f32>(elements[i]);
    return result;
  }

  template <class Pointee, class MakeValues>
  Pointee* add(Memory const& memory, char const* name, i64 count, TensorUse use, i64 offset, MakeValues const& make) {
    using T = std::remove_const_t<Pointee>;
    bool const written = !std::is_const_v<Pointee>;
    bool const filled = !written || use.updated;
    std::vector<f32> const values = filled || use.optional ? make() : std::vector<f32>();
    if (use.optional && values.empty() && count > 0) return nullptr;
    std::size_t const bytes = static_cast<std::size_t>(count) * sizeof(T);
    double roundoff = 0;
    if constexpr (!std::is_integral_v<T>) roundoff = std::is_same_v<T, double> ? 0x1p-53 : unit_roundoff<T>;
    all_.push_back({name,
                    written,
                    {},
                    DeviceArray(memory, bytes, static_cast<std::size_t>(offset) * sizeof(T)),
                    widen<T>,
                    roundoff});
    Operand& operand = all_.back();
    if (filled) {
      check(std::ssize(values) == count, "[operands] ", name, " has ", count, " elements, but ", values.size(),
            " values");
      std::vector<T> elements(values.size());
      for (std::size_t i = 0; i < values.size(); ++i) elements[i] = static_cast<T>(values[i]);
      operand.array.write(elements.data());
      auto const* const first = reinterpret_cast<u8 const*>(elements.data());
      if (use.updated) operand.initial.assign(first, first + bytes);
    }
    return reinterpret_cast<Pointee*>(operand.array.data());
  }

  Operand const& find(std::string_view name) const {
    for (Operand const& operand : all_)
      if (operand.name == name) return operand;
    fail("[operands] there is no tensor ", name);
  }

  std::vector<Operand> all_;
  std::optional<DeviceArray> workspace_;
};

}  // namespace heddle::bench
