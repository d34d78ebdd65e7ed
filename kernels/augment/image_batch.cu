// Launcher of image batches: for CUDA, and for the emulator.
#include "kernels/augment/image_batch.cuh"

#include "kernels/augment/image_batch_check.h"
#include "kernels/core/choice.h"
#include "kernels/core/math.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void image_batch(ImageBatchArgs<T> const& a, Stream stream) {
  check_image_batch(a);
  if (a.n * a.h * a.w * a.c == 0) return;
  ImageBatchConfig const config = choose_image_batch(a.h, a.w, a.c, aligned(a.images, a.y));
  i64 const bands = ceil_div(a.h, config.band_rows);
  check(a.n <= 0x7fffffff / bands, "[image_batch] more pictures than a launch takes: n=", a.n, ", each in ", bands,
        " bands");
  dim3 const grid(static_cast<unsigned>(a.n * bands));
  if (config.staged)
    launch<ImageBatchKernel<T, true>>(grid, {a, bands, config.band_rows}, stream, "image_batch");
  else
    launch<ImageBatchKernel<T, false>>(grid, {a, bands, config.band_rows}, stream, "image_batch");
}

HEDDLE_INSTANTIATE(image_batch, ImageBatchArgs);

}  // namespace heddle::HEDDLE_BACKEND
