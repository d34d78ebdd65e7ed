// Launcher of the mean grey of images: for CUDA, and for the emulator.
#include "kernels/augment/image_grey.cuh"

#include "kernels/core/choice.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void image_grey(ImageGreyArgs<T> const& a, Stream stream) {
  check_image_grey(a);
  if (a.count == 0) return;
  check(a.count <= 0x7fffffff, "[image_grey] more images than a launch takes: count=", a.count);
  dim3 const grid(static_cast<unsigned>(a.count));
  if (a.h * a.w * a.c % 16 == 0 && aligned(a.images))
    launch<ImageGreyKernel<T, true>>(grid, a, stream, "image_grey");
  else
    launch<ImageGreyKernel<T, false>>(grid, a, stream, "image_grey");
}

template void image_grey(ImageGreyArgs<f32> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
