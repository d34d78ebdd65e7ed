// What every device asks of the arguments of group normalisation.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/norm/group_norm.h"

namespace heddle {

inline void check_group_norm_shape(char const* operation, GroupNormShape const& s) {
  check_sizes(operation, {{"images", s.images}, {"rows", s.rows}, {"channels", s.channels}, {"groups", s.groups}});
  check(s.groups > 0 && s.channels % s.groups == 0, "[", operation,
        "] groups must divide channels: channels=", s.channels, ", groups=", s.groups);
}

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class T>
void check_arguments(GroupNormForwardArgs<T> const& a) {
  check_group_norm_shape("group_norm_forward", a.shape);
  check_epsilon("group_norm_forward", a.epsilon);
  check_tensors("group_norm_forward", a);
}

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class T>
void check_arguments(GroupNormBackwardArgs<T> const& a) {
  check_group_norm_shape("group_norm_backward", a.shape);
  check_tensors("group_norm_backward", a);
}

}  // namespace heddle
