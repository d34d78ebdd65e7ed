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
template <class T>
bool overlap(T const* p, i64 count, T const* q, i64 other_count) {
  std::less<T const*> const before;
  return count > 0 && other_count > 0 && before(p, q + other_count) && before(q, p + count);
}

}  // namespace detail

/// Throws an Error that names the value for a negative size, a leading dimension below its row, null where there are
/// elements, and an operand that overlaps d.
template <class T>
void check_arguments(GemmArgs<T> const& args) {
  using detail::StoredMatrix;
  auto const [m, n, k] = std::array{args.m, args.n, args.k};
  check_sizes("gemm", {{"m", m}, {"n", n}, {"k", k}});
  check_matrix(StoredMatrix{"a", args.a, args.transpose_a ? k : m, args.transpose_a ? m : k, args.lda});
  check_matrix(StoredMatrix{"b", args.b, args.transpose_b ? n : k, args.transpose_b ? k : n, args.ldb});
  if (args.beta != 0) check_matrix(StoredMatrix{"c", args.c, m, n, args.ldc});
  check_matrix(StoredMatrix{"d", args.d, m, n, args.ldd});
  i64 const of_d = matrix_extent(m, n, args.ldd);
  check(!detail::overlap(args.a, args.extent_of_a(), args.d, of_d), "[gemm] a overlaps d: give d memory of its own");
  check(!detail::overlap(args.b, args.extent_of_b(), args.d, of_d), "[gemm] b overlaps d: give d memory of its own");
  bool const in_place = args.c == args.d && args.ldc == args.ldd;
  check(args.beta == 0 || in_place || !detail::overlap(args.c, matrix_extent(m, n, args.ldc), args.d, of_d),
        "[gemm] c overlaps d, but is not d: ldc=", args.ldc, ", ldd=", args.ldd);
}

}  // namespace heddle
