#include "kernels/reduce/reduce_backward.h"
#include "ops/elementwise.h"
#include "ops/norm.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

/// x * scale / norm of each row, 0 where the norm is 0: as reductions go, the gradient of the norm of x.
template <class T>
Tensor over_norm(Tensor const& x, Tensor const& scale, Tensor const& norm) {
  Tensor const result = Tensor::empty(x.shape(), x.dtype(), x.device());
  run(reduce_sum_backward<T>, x.device(),
      {.shape = {.outer = norm.count(), .axis = norm.count() == 0 ? 0 : x.count() / norm.count()},
       .summary = Summary::l2_norm,
       .dy = scale.data<T>(),
       .x = x.data<T>(),
       .y = norm.data<T>(),
       .dx = result.data<T>()});
  return result;
}

/// With the direction u = v / |v|:  dg = u · dw,  dv = g / |v| * (dw - u (u · dw)).
template <class T>
std::vector<Tensor> gradients(Tensor const& v, Tensor const& g, Tensor const& norm, Tensor const& dw) {
  Tensor const ones = cast(Tensor::full(g.shape(), 1, g.device()), g.dtype());
  Tensor const direction = over_norm<T>(v, ones, norm), dg = Tensor::empty(g.shape(), g.dtype(), g.device());
  i64 const filters = g.count();
  run(reduce_dot<T>, v.device(),
      {.shape = {.outer = filters, .axis = filters == 0 ? 0 : v.count() / filters},
       .x = dw.data<T>(),
       .z = direction.data<T>(),
       .y = dg.data<T>()});
  Tensor dv = over_norm<T>(dw, g, norm);
  add_scaled_(dv, over_norm<T>(direction, over_norm<T>(dg, g, ones), norm), -1);
  return {dv, dg};
}

template <class T>
Tensor normed(Tensor const& v, Tensor const& g) {
  i64 const filters = g.count();
  Tensor const norm = Tensor::empty(g.shape(), g.dtype(), g.device());
  run(reduce_sum<T>, v.device(),
      {.shape = {.outer = filters, .axis = filters == 0 ? 0 : v.count() / filters},
       .summary = Summary::l2_norm,
       .x = v.data<T>(),
       .y = norm.data<T>()});
  Tensor w = over_norm<T>(v, g, norm);
  record("weight_norm", {v, g}, w, [=](Tensor const& dw) { return gradients<T>(v, g, norm, dw); });
  return w;
}

}  // namespace

Tensor weight_norm(Tensor const& v, Tensor const& g) {
  check(v.shape().rank() >= 2, "[weight_norm] needs filters [k, …]: ", v.shape());
  require_same_device("weight_norm", v, g);
  require_shape("weight_norm", "g", g, {v.size(0)});
  check(g.dtype() == v.dtype(), "[weight_norm] g must be of the type of v, ", name(v.dtype()), ": ", name(g.dtype()));
  return with_float_type("weight_norm", v.dtype(), [&]<class T>() { return normed<T>(v, g); });
}

}  // namespace heddle::ops
