// What every device asks of the arguments of a matrix product.
#pragma once

#include <array>
#include <functional>

#include "kernels/core/arguments.h"
#include "kernels/gemm/gemm.h"

namespace heddle {

namespace detail {

struct StoredMatrix {
  char const* name;
  void const* data;
  i64 rows, columns, leading;
};

inline void check_matrix(StoredMatrix const& matrix) {
  check(matrix.leading >= matrix.columns, "[gemm] ld", matrix.name, " must be at least the length of a row of ",
        matrix.name, ": ld", matrix.name, "=", matrix.leading, ", row=", matrix.columns);
  check(matrix.data != nullptr || matrix.rows == 0 || matrix.columns == 0, "[gemm] ", matrix.name, " is null, but has ",
        matrix.rows, " x ", matrix.columns, " elements");
}

/// Whether `count` elements at p and `other_count` at q have bytes in common.
template <class P, class Q>
bool overlap(P const* p, i64 count, Q const* q, i64 other_count) {
  std::less<void const*> const before;
  return count > 0 && other_count > 0 && before(p, q + other_count) && before(q, p + count);
}

template <class T, class D>
void check_batch(GemmArgs<T, D> const& args) {
  auto const& strides = args.strides;
  check_sizes("gemm",
              {{"stride_a", strides.a}, {"stride_b", strides.b}, {"stride_c", strides.c}, {"stride_d", strides.d}});
  i64 const extent = matrix_extent(args.m, args.n, args.ldd);
  check(args.batch == 1 || strides.d >= extent, "[gemm] products of a batch overlap in d: stride_d=", strides.d,
        ", a product has ", extent);
  check(args.batch == 1 || args.epilogue.empty(), "[gemm] an epilogue is for one product: batch=", args.batch);
}

template <class T, class D>
void check_overlaps(GemmArgs<T, D> const& args) {
  i64 const extent = matrix_extent(args.m, args.n, args.ldd), of_d = args.of_batch(extent, args.strides.d);
  check(!overlap(args.a, args.of_batch(args.extent_of_a(), args.strides.a), args.d, of_d),
        "[gemm] a overlaps d: give d memory of its own");
  check(!overlap(args.b, args.of_batch(args.extent_of_b(), args.strides.b), args.d, of_d),
        "[gemm] b overlaps d: give d memory of its own");
  bool const in_place =
      args.c == args.d && args.ldc == args.ldd && (args.batch == 1 || args.strides.c == args.strides.d);
  i64 const of_c = args.of_batch(matrix_extent(args.m, args.n, args.ldc), args.strides.c);
  check(args.beta == 0 || in_place || !overlap(args.c, of_c, args.d, of_d),
        "[gemm] c overlaps d, but is not d: ldc=", args.ldc, ", ldd=", args.ldd);
  Epilogue<D>::tensors(args.epilogue, args.n, extent, [&](char const* name, auto const* pointer, i64 count, TensorUse) {
    check(!overlap(pointer, pointer == nullptr ? 0 : count, args.d, of_d), "[gemm] ", name,
          " overlaps d: give it memory of its own");
  });
}

}  // namespace detail

/// Throws an Error that names the value for a negative size, a leading dimension below its row, null where there are
/// elements, an operand that overlaps d, and steps that do not go together.
template <class T, class D>
void check_arguments(GemmArgs<T, D> const& args) {
  using detail::StoredMatrix;
  auto const [m, n, k] = std::array{args.m, args.n, args.k};
  check_sizes("gemm", {{"m", m}, {"n", n}, {"k", k}, {"batch", args.batch}});
  if (args.batch == 0) return;
  check_matrix(StoredMatrix{"a", args.a, args.transpose_a ? k : m, args.transpose_a ? m : k, args.lda});
  check_matrix(StoredMatrix{"b", args.b, args.transpose_b ? n : k, args.transpose_b ? k : n, args.ldb});
  if (args.beta != 0) check_matrix(StoredMatrix{"c", args.c, m, n, args.ldc});
  check_matrix(StoredMatrix{"d", args.d, m, n, args.ldd});
  detail::check_batch(args);
  detail::check_overlaps(args);
  check(!args.scales.of_blocks || (is_f8<T> && args.scales.a != nullptr && args.scales.b != nullptr),
        "[gemm] scales of blocks are for both operands, of f8: give scales of whole matrices");
  check(!args.tf32 || std::same_as<T, f32>, "[gemm] tf32 is a way to multiply f32: the operands have another type");
  if constexpr (std::same_as<D, i32>)
    check(args.alpha == 1 && args.beta == 0 && args.epilogue.empty() && args.scales.a == nullptr &&
              args.scales.b == nullptr,
          "[gemm] an i32 result is the bare sums: alpha=", args.alpha, ", beta=", args.beta, "; ask for an f32 result");
}

}  // namespace heddle
