// General matrix product, row-major.
#pragma once

#include "kernels/core/epilogue.h"
#include "kernels/core/math.h"
#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"
#include "kernels/gemm/gemm_choice.h"

namespace heddle {

/// Elements from the first of a matrix to its last, where rows begin `leading` elements after each other.
constexpr i64 matrix_extent(i64 rows, i64 columns, i64 leading) {
  return rows == 0 || columns == 0 ? 0 : (rows - 1) * leading + columns;
}

/// Elements from one product of a batch to the next; 0 where all share a matrix, which d must not be.
struct GemmStrides {
  i64 a = 0, b = 0, c = 0, d = 0;
};

/// Factors of the operands, in the memory of the device; null for 1. Of blocks, each factor is that of 128 neighbours
/// along k: of one row of a, and of 128 columns of b.
struct GemmScales {
  f32 const* a = nullptr;  // [1], or [m, ceil(k / 128)]
  f32 const* b = nullptr;  // [1], or [ceil(n / 128), ceil(k / 128)]
  bool of_blocks = false;  // for f8
};

/// d = epilogue(alpha * op(a) * op(b) + beta * c), where op transposes on request. Operands are of type T; the result,
/// and c, of type D. Sums are f32, of i8 they are exact, and d is rounded once. With beta = 0, c is not read; with
/// alpha = 0, a and b are not. c may be d, nothing else may overlap d. Leading dimensions count elements from one
/// stored row to the next. An i32 result is the bare sums of i8: alpha is 1, beta 0, and the epilogue empty.
template <class T, class D = T>
struct GemmArgs {
  i64 m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  f32 alpha = 1, beta = 0;
  T const* a = nullptr;  // [m, k], or [k, m] when transposed
  i64 lda = 0;
  T const* b = nullptr;  // [k, n], or [n, k] when transposed
  i64 ldb = 0;
  D const* c = nullptr;  // [m, n]; null where beta is 0
  i64 ldc = 0;
  D* d = nullptr;  // [m, n]
  i64 ldd = 0;
  i64 batch = 1;  // products
  GemmStrides strides = {};
  GemmScales scales = {};
  Epilogue<D> epilogue = {};  // of batch 1 where it is not empty
  bool tf32 = false;          // operands of f32 may lose all but 10 bits of their mantissa: for the matrix unit
  Workspace workspace = {};   // of workspace_bytes(); unused on the CPU
  GemmChoice choice = {};     // forces a kernel, which must take the product; unused on the CPU

  i64 extent_of_a() const { return transpose_a ? matrix_extent(k, m, lda) : matrix_extent(m, k, lda); }
  i64 extent_of_b() const { return transpose_b ? matrix_extent(n, k, ldb) : matrix_extent(k, n, ldb); }
  /// Of a matrix of all products, given that of one.
  i64 of_batch(i64 extent, i64 stride) const { return batch == 0 ? 0 : (batch - 1) * stride + extent; }

  static void tensors(auto& args, auto&& tensor) {
    i64 const extent_of_c = args.beta == 0 ? 0 : matrix_extent(args.m, args.n, args.ldc);
    i64 const extent_of_d = matrix_extent(args.m, args.n, args.ldd);
    tensor("a", args.a, args.of_batch(args.extent_of_a(), args.strides.a));
    tensor("b", args.b, args.of_batch(args.extent_of_b(), args.strides.b));
    tensor("c", args.c, args.of_batch(extent_of_c, args.strides.c), TensorUse{.optional = true});
    tensor("d", args.d, args.of_batch(extent_of_d, args.strides.d));
    i64 const blocks = ceil_div<i64>(args.k, 128);
    tensor("scale_a", args.scales.a, args.scales.of_blocks ? args.m * blocks : 1, TensorUse{.optional = true});
    tensor("scale_b", args.scales.b, args.scales.of_blocks ? ceil_div<i64>(args.n, 128) * blocks : 1,
           TensorUse{.optional = true});
    Epilogue<D>::tensors(args.epilogue, args.n, extent_of_d, tensor);
  }
  double flops() const {
    return 2.0 * static_cast<double>(batch) * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  }
  std::size_t workspace_bytes() const { return gemm_workspace(*this).bytes; }
};

/// What the workspace of a product holds, in bytes from its start: sums of the columns of 64 rows each, and then each
/// operand that is laid along k, [products, lines, k] in rows of 16 bytes: the matrix units take elements that are not
/// of 16 bits no other way.
struct GemmWorkspace {
  std::size_t a = 0, b = 0, bytes = 0;
};

/// Elements from one line to the next of an operand that was laid along k.
template <class T>
constexpr i64 leading_along_k(i64 k) {
  return ceil_div<i64>(k, 16 / sizeof(T)) * static_cast<i64>(16 / sizeof(T));
}

template <class T, class D>
constexpr GemmWorkspace gemm_workspace(GemmArgs<T, D> const& args) {
  auto const after = [](std::size_t offset, i64 elements, std::size_t size) {
    return ceil_div<std::size_t>(offset + static_cast<std::size_t>(elements) * size, 256) * 256;
  };
  auto const operand = [&](bool across, i64 lines, i64 stride) {
    bool const laid = across && (sizeof(T) == 1 || args.tf32);
    return laid ? (stride == 0 ? 1 : args.batch) * lines * leading_along_k<T>(args.k) : 0;
  };
  i64 const sums = args.epilogue.reduces_columns() ? 2 * ceil_div<i64>(args.m, 64) * args.n : 0;
  GemmWorkspace result;
  result.a = after(0, sums, sizeof(f32));
  result.b = after(result.a, operand(args.transpose_a, args.m, args.strides.a), sizeof(T));
  result.bytes = after(result.b, operand(!args.transpose_b, args.n, args.strides.b), sizeof(T));
  return result;
}

HEDDLE_MIXED_OPERATION(gemm, GemmArgs);

}  // namespace heddle

/// Instantiates a function of GemmArgs in a device's namespace: operands of i8 or of floating point, every result.
#define HEDDLE_INSTANTIATE_GEMM(name)       \
  HEDDLE_INSTANTIATE_GEMM_OF(name, f32);    \
  HEDDLE_INSTANTIATE_GEMM_OF(name, f16);    \
  HEDDLE_INSTANTIATE_GEMM_OF(name, bf16);   \
  HEDDLE_INSTANTIATE_GEMM_OF(name, f8e4m3); \
  HEDDLE_INSTANTIATE_GEMM_OF(name, i8);     \
  template void name(GemmArgs<i8, i32> const&, Stream)
#define HEDDLE_INSTANTIATE_GEMM_OF(name, T)               \
  template void name(GemmArgs<T, f32> const&, Stream);    \
  template void name(GemmArgs<T, f16> const&, Stream);    \
  template void name(GemmArgs<T, bf16> const&, Stream);   \
  template void name(GemmArgs<T, f8e4m3> const&, Stream); \
  template void name(GemmArgs<T, i8> const&, Stream)
