// The matrix products of 16-bit types on the matrix units.
#pragma once

#include <algorithm>

#include "kernels/core/choice.h"
#include "kernels/gemm/gemm.h"
#include "kernels/machine/matrix_descriptor.h"

namespace heddle {

/// Whether their kernels take the product: there is something to multiply, and a and b and their rows are aligned to 16
/// bytes, and bulk copies can name every place.
template <class T>
bool tensor_cores_take(GemmArgs<T> const& args) {
  i64 const row = 16 / sizeof(T), farthest = (i64{1} << 31) - 256;
  return args.alpha != 0 && args.k > 0 && args.lda % row == 0 && args.ldb % row == 0 && aligned(args.a, args.b) &&
         std::max({args.m, args.n, args.k}) <= farthest;
}

/// Whether 16 bytes of d can be written at a time, without a look at c.
template <class T>
bool writes_in_rows(GemmArgs<T> const& args) {
  return args.beta == 0 && args.ldd % static_cast<i64>(16 / sizeof(T)) == 0 && aligned(args.d);
}

/// Calls body.operator()<major_a, major_b>(): how the operands are stored.
template <class T, class Body>
void with_majors(GemmArgs<T> const& args, Body const& body) {
  if (args.transpose_a)
    args.transpose_b ? body.template operator()<Major::mn, Major::k>()
                     : body.template operator()<Major::mn, Major::mn>();
  else
    args.transpose_b ? body.template operator()<Major::k, Major::k>() : body.template operator()<Major::k, Major::mn>();
}

// They take the configuration from args.choice.
namespace cuda {
template <class T>
void gemm_sm80(GemmArgs<T> const& args, Stream stream);
template <class T>
void gemm_sm90(GemmArgs<T> const& args, Stream stream);
}  // namespace cuda

namespace emulated {
template <class T>
void gemm_sm80(GemmArgs<T> const& args, Stream stream);
template <class T>
void gemm_sm90(GemmArgs<T> const& args, Stream stream);
}  // namespace emulated

}  // namespace heddle
