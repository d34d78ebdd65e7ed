// The mean grey of images on the CPU.
#include "kernels/augment/image_grey_check.h"

namespace heddle::cpu {

template <class T>
void image_grey(ImageGreyArgs<T> const& a, Stream) {
  check_image_grey(a);
  i64 const pixels = a.h * a.w;
#pragma omp parallel for schedule(static) if (a.count * pixels > 1 << 14)
  for (i64 i = 0; i < a.count; ++i) {
    i64 sum = 0;
    for (i64 k = 0; k < a.c; ++k)
      for (i64 pixel = 0; pixel < pixels; ++pixel)
        sum += grey_weight(a.c, k) * a.images[(i * pixels + pixel) * a.c + k];
    a.grey[i] = T(mean_grey(sum, pixels));
  }
}

template void image_grey(ImageGreyArgs<f32> const&, Stream);

}  // namespace heddle::cpu
