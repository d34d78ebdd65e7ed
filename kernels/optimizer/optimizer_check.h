// What every device asks of the arguments of an operation on a list of tensors.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/sgd.h"

namespace heddle {

/// Throws an Error that names what is negative or null.
template <class Args>
void check_list(char const* operation, Args const& args) {
  for (std::size_t i = 0; i < args.list.size(); ++i)
    check(args.list[i].count >= 0, "[", operation, "] sizes must not be negative: tensor=", i,
          ", count=", args.list[i].count);
  check_tensors(operation, args);
}

/// Likewise, also where there is momentum without a velocity.
template <class T>
void check_sgd(SgdArgs<T> const& args) {
  check_list("sgd", args);
  for (SgdTensor<T> const& t : args.list)
    check(args.momentum == 0 || t.velocity != nullptr || t.count == 0,
          "[sgd] momentum needs a velocity: momentum=", args.momentum);
}

/// Likewise. Does not look at the workspace, which the CPU does not use.
template <class T>
void check_gradient_norm(GradientNormArgs<T> const& args) {
  check_list("gradient_norm", args);
  for (std::size_t i = 0; i < args.f32_list.size(); ++i)
    check(args.f32_list[i].count >= 0, "[gradient_norm] sizes must not be negative: tensor=", args.list.size() + i,
          ", count=", args.f32_list[i].count);
  check(args.rules.schedule_steps >= 0,
        "[gradient_norm] schedule_steps must not be negative: ", args.rules.schedule_steps);
  check(args.rules.max_norm >= 0,
        "[gradient_norm] max_norm must not be negative or NaN: max_norm=", args.rules.max_norm);
}

}  // namespace heddle
