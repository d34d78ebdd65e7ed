// Launcher of image batches: for CUDA, and for the emulator.
#include "kernels/augment/image_batch.cuh"

#include "kernels/augment/affine_batch.cuh"
#include "kernels/augment/image_batch_check.h"
#include "kernels/core/choice.h"
#include "kernels/core/math.h"

namespace heddle::HEDDLE_BACKEND {

namespace {

/// Blocks for n pictures in so many bands.
dim3 grid_of(i64 n, i64 bands) {
  check(n <= 0x7fffffff / bands, "[image_batch] more pictures than a launch takes: n=", n, ", each in ", bands,
        " bands");
  return dim3(static_cast<unsigned>(n * bands));
}

template <class T>
void plain_batch(ImageBatchArgs<T> const& a, Stream stream) {
  ImageBatchConfig const config = choose_image_batch(a.h, a.w, a.c, aligned(a.images, a.y));
  i64 const bands = ceil_div(a.h, config.band_rows);
  dim3 const grid = grid_of(a.n, bands);
  if (config.staged)
    launch<ImageBatchKernel<T, true>>(grid, {a, bands, config.band_rows}, stream, "image_batch");
  else
    launch<ImageBatchKernel<T, false>>(grid, {a, bands, config.band_rows}, stream, "image_batch");
}

template <class T>
void affine_batch(ImageBatchArgs<T> const& a, Stream stream) {
  AffineBatchConfig const config = choose_affine_batch(a.h, a.w, a.c, aligned(a.images, a.y));
  i64 const bands = ceil_div(a.h * a.w, config.band_pixels);
  dim3 const grid = grid_of(a.n, bands);
  if (config.vectors)
    launch<AffineBatchKernel<T, true>>(grid, {a, bands, config.band_pixels, config.whole}, stream, "image_batch");
  else
    launch<AffineBatchKernel<T, false>>(grid, {a, bands, config.band_pixels, config.whole}, stream, "image_batch");
}

}  // namespace

template <class T>
void image_batch(ImageBatchArgs<T> const& a, Stream stream) {
  check_image_batch(a);
  if (a.n * a.h * a.w * a.c == 0) return;
  a.options.affine.any() ? affine_batch(a, stream) : plain_batch(a, stream);
}

HEDDLE_INSTANTIATE(image_batch, ImageBatchArgs);

}  // namespace heddle::HEDDLE_BACKEND
