// Convolutions of 1 x 1 filters without stride and padding, as matrix products of pixels and filters.
#pragma once

#include "kernels/conv/conv2d.h"
#include "kernels/gemm/gemm.h"

namespace heddle {

constexpr i64 pixels_of(Conv2dShape const& s) { return s.n * s.h * s.w; }

/// y = x filter^T.
template <class T>
GemmArgs<T> product_of(Conv2dForwardArgs<T> const& args) {
  Conv2dShape const& s = args.shape;
  return {.m = pixels_of(s),
          .n = s.k,
          .k = s.c,
          .transpose_b = true,
          .a = args.x,
          .lda = s.c,
          .b = args.filter,
          .ldb = s.c,
          .d = args.y,
          .ldd = s.k,
          .epilogue = args.epilogue,
          .tf32 = args.tf32,
          .workspace = args.workspace};
}

/// dx = dy filter.
template <class T>
GemmArgs<T> product_of(Conv2dBackwardDataArgs<T> const& args) {
  Conv2dShape const& s = args.shape;
  return {.m = pixels_of(s),
          .n = s.c,
          .k = s.k,
          .a = args.dy,
          .lda = s.k,
          .b = args.filter,
          .ldb = s.c,
          .d = args.dx,
          .ldd = s.c,
          .epilogue = args.epilogue,
          .tf32 = args.tf32,
          .workspace = args.workspace};
}

/// Into how many parts, of one size, the pixels of a gradient of the filters are cut: by the shape alone.
i64 product_parts(Conv2dShape const& shape);

/// dfilter = dy^T x of each part, [parts, k, c]. They stand at the beginning of the workspace, before that of the
/// product.
template <class T>
GemmArgs<T, f32> product_of(Conv2dBackwardFilterArgs<T> const& args) {
  Conv2dShape const& s = args.shape;
  i64 const parts = product_parts(s), pixels = pixels_of(s) / parts, count = s.filter_count();
  std::size_t const bytes = ceil_div<std::size_t>(static_cast<std::size_t>(parts * count) * sizeof(f32), 256) * 256;
  auto* const partial = static_cast<f32*>(args.workspace.data);
  bool const there = args.workspace.bytes > bytes;
  return {.m = s.k,
          .n = s.c,
          .k = pixels,
          .transpose_a = true,
          .a = args.dy,
          .lda = s.k,
          .b = args.x,
          .ldb = s.c,
          .d = partial,
          .ldd = s.c,
          .batch = parts,
          .strides = {.a = pixels * s.k, .b = pixels * s.c, .d = count},
          .tf32 = args.tf32,
          .workspace = {there ? reinterpret_cast<unsigned char*>(partial) + bytes : nullptr,
                        there ? args.workspace.bytes - bytes : 0}};
}

}  // namespace heddle
