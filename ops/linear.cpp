#include "ops/linear.h"

#include "kernels/gemm/gemm.h"
#include "ops/elementwise.h"
#include "ops/route.h"
#include "ops/tape.h"
#include "ops/tf32.h"

namespace heddle::ops {

namespace {

/// op(a) [m, k] * op(b) [k, n] for row-major matrices without gaps between rows.
Tensor multiply(Tensor const& a, bool transpose_a, Tensor const& b, bool transpose_b, Shape const& result, i64 m, i64 n,
                i64 k) {
  Tensor d = Tensor::empty(result, a.dtype(), a.device());
  with_float_type("linear", a.dtype(), [&]<class T>() {
    run(gemm<T>, a.device(),
        {.m = m,
         .n = n,
         .k = k,
         .transpose_a = transpose_a,
         .transpose_b = transpose_b,
         .a = a.data<T>(),
         .lda = transpose_a ? m : k,
         .b = b.data<T>(),
         .ldb = transpose_b ? k : n,
         .d = d.data<T>(),
         .ldd = n,
         .tf32 = Tf32Products::allowed<T>()});
  });
  return d;
}

Shape with_last(Shape const& shape, i64 size) {
  std::vector<i64> sizes(shape.sizes().begin(), shape.sizes().end());
  sizes.back() = size;
  return Shape(sizes);
}

}  // namespace

Tensor linear(Tensor const& x, Tensor const& weight, Tensor const& bias) {
  require_same_device("linear", x, weight, bias);
  check(weight.shape().rank() == 2, "[linear] the weight must be [out, in]: ", weight.shape());
  i64 const out = weight.size(0), in = weight.size(1);
  check(x.shape().rank() >= 1 && x.size(-1) == in, "[linear] the last axis of x must have ", in,
        " elements: ", x.shape());
  i64 const rows = with_last(x.shape(), 1).count();
  Tensor y = multiply(x, false, weight, true, with_last(x.shape(), out), rows, out, in);
  record("linear", {x, weight}, y, [=](Tensor const& dy) {
    std::vector<Tensor> gradients(2);
    if (x.requires_gradient()) gradients[0] = multiply(dy, false, weight, false, x.shape(), rows, in, out);
    if (weight.requires_gradient()) gradients[1] = multiply(dy, true, x, false, weight.shape(), out, in, rows);
    return gradients;
  });
  return bias.defined() ? add_bias(y, bias) : y;
}

}  // namespace heddle::ops
