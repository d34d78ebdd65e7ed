// What every device asks of the arguments of a label's share.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/loss/label_share.h"

namespace heddle {

template <class T>
void check_arguments(LabelShareArgs<T> const& a) {
  check_sizes("label_share", {{"rows", a.rows}, {"classes", a.classes}});
  check_tensors("label_share", a);
}

}  // namespace heddle
