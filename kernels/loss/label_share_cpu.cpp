#include "kernels/loss/label_share_check.h"

namespace heddle::cpu {

template <class T>
void label_share(LabelShareArgs<T> const& a, Stream) {
  check_arguments(a);
  double sum = 0;
  for (i64 row = 0; row < a.rows; ++row) sum += a.weight(row);
  *a.share = sum == 0 ? T{0} : static_cast<T>(1 / sum);
}

template void label_share(LabelShareArgs<f32> const&, Stream);

}  // namespace heddle::cpu
