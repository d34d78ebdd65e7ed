// An epilogue and its result as a kernel takes them: types are known when the program runs, so that one kernel does for
// all of them.
#pragma once

#include <concepts>
#include <cstdint>

#include "kernels/core/divisor.h"
#include "kernels/core/dtype.h"
#include "kernels/core/epilogue.h"

namespace heddle {

/// Neighbours of a row that a thread finishes at a time: 16 bytes of f32, 8 of 16-bit types, so that a warp's accesses
/// fill whole sectors whatever the type, and its reads of sums in shared memory meet in no bank.
inline constexpr int epilogue_vector = 4;

/// Pixels of images as the rows of a result whose pixels are not all among them: of each image every few rows, and of
/// those every few pixels.
struct PixelRows {
  Divisor of_image = Divisor(), of_row = Divisor();  // how many there are
  i64 first = 0, image = 0, row = 0, pixel = 0;  // the place of the first, and how far images, rows, pixels are apart

  constexpr i64 place(i64 i) const {
    i64 const within = of_image.remainder(i);
    return first + of_image.quotient(i) * image + of_row.quotient(within) * row + of_row.remainder(within) * pixel;
  }
};

/// epilogue(alpha * factors * sum + beta * c) of [products, m, n], rounded to `type`. What is null is left out.
struct EpilogueOutput {
  DType type = DType::f32;     // of c and d
  bool narrow_values = false;  // the tensors of the epilogue are of `type`; else of f32
  bool vectorised = false;     // every vector of a row is aligned in all tensors
  i64 m = 0, n = 0;
  f32 alpha = 1, beta = 0;
  f32 const* factors[2] = {};  // [1] each
  void const* c = nullptr;     // not read where beta is 0
  i64 ldc = 0, stride_c = 0;   // elements from row to row, and from product to product
  void* d = nullptr;
  i64 ldd = 0, stride_d = 0;

  // Where rows of the result are others than those of the sums.
  bool scattered = false;
  PixelRows pixels = {};

  // As in Epilogue, which is of one product, or of groups whose columns stand next to each other.
  int groups = 1;
  void const* bias = nullptr;
  void* before_activation = nullptr;
  Activation activation = Activation::none;
  void const* gradient_of = nullptr;
  f32 const* gradient_scale = nullptr;
  f32 const* gradient_shift = nullptr;
  void const* residual = nullptr;
  f32* absolute_maximum = nullptr;  // 0 before the launch
  f32 const* scale = nullptr;
  f32* column_sums = nullptr;      // [row blocks, groups, n], of the rows of each block, which is a kernel's to choose
  f32* column_products = nullptr;  // likewise

  /// The result's row of a row of sums.
  constexpr i64 row(i64 of_sums) const { return scattered ? pixels.place(of_sums) : of_sums; }
  /// The type of the tensors of the epilogue.
  constexpr DType value_type() const { return narrow_values ? type : DType::f32; }
  /// Whether d is alpha * sum rounded, or with beta * c: nothing else is to be done.
  constexpr bool bare() const {
    return factors[0] == nullptr && factors[1] == nullptr && bias == nullptr && before_activation == nullptr &&
           activation == Activation::none && gradient_of == nullptr && residual == nullptr &&
           absolute_maximum == nullptr && scale == nullptr && column_sums == nullptr && column_products == nullptr;
  }
};

/// Whether vectors that begin at p and every `stride` elements of T after it are aligned.
template <class T>
bool vectors_aligned(T const* p, i64 stride) {
  return reinterpret_cast<std::uintptr_t>(p) % (epilogue_vector * sizeof(T)) == 0 && stride % epilogue_vector == 0;
}

/// Adds the steps of an epilogue to an output whose result is set. Sums of columns are not among them: where they go
/// first depends on the kernel.
template <class D>
void set_epilogue(EpilogueOutput& output, Epilogue<D> const& e) {
  output.narrow_values = std::same_as<D, f16> || std::same_as<D, bf16>;
  output.vectorised = output.vectorised && vectors_aligned(e.bias, 0) &&
                      vectors_aligned(e.before_activation, output.ldd) && vectors_aligned(e.gradient_of, output.ldd) &&
                      vectors_aligned(e.residual, output.ldd) && vectors_aligned(e.gradient_scale, 0) &&
                      vectors_aligned(e.gradient_shift, 0);
  output.bias = e.bias;
  output.before_activation = e.before_activation;
  output.activation = e.activation;
  output.gradient_of = e.gradient_of;
  output.gradient_scale = e.gradient_scale;
  output.gradient_shift = e.gradient_shift;
  output.residual = e.residual;
  output.absolute_maximum = e.absolute_maximum;
  output.scale = e.scale;
}

}  // namespace heddle
