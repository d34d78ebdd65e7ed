#include "ops/reduce.h"

#include "kernels/reduce/reduce_backward.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

/// x as [outer, axis, inner]. Throws an Error when there is no such axis.
ReduceShape around(Shape const& shape, int axis) {
  ReduceShape result = {.axis = shape[axis]};
  int const place = axis < 0 ? axis + shape.rank() : axis;
  for (int i = 0; i < shape.rank(); ++i)
    if (i != place) (i < place ? result.outer : result.inner) *= shape[i];
  return result;
}

/// A tensor of what is left without the axis, which exists.
Tensor room_for_results(Tensor const& x, int axis, DType dtype) {
  auto const sizes = x.shape().sizes();
  std::vector<i64> rest(sizes.begin(), sizes.end());
  rest.erase(rest.begin() + (axis < 0 ? axis + x.shape().rank() : axis));
  return Tensor::empty(Shape(rest), dtype, x.device());
}

template <class T>
Tensor summary_of(char const* name, Tensor const& x, int axis, Summary summary) {
  ReduceShape const shape = around(x.shape(), axis);
  Tensor y = room_for_results(x, axis, x.dtype());
  run(reduce_sum<T>, x.device(), {.shape = shape, .summary = summary, .x = x.data<T>(), .y = y.data<T>()});
  bool const norm = summary == Summary::l2_norm;
  // Another handle of the elements, since a handle of `y` itself would tie the node to its own output.
  record(name, {x}, y,
         [=, sizes = x.shape(), kept_x = norm ? x : Tensor(),
          kept_y = norm ? y.view(y.shape()) : Tensor()](Tensor const& dy) {
           Tensor const dx = Tensor::empty(sizes, dy.dtype(), dy.device());
           run(reduce_sum_backward<T>, dy.device(),
               {.shape = shape,
                .summary = summary,
                .dy = dy.data<T>(),
                .x = norm ? kept_x.data<T>() : nullptr,
                .y = norm ? kept_y.data<T>() : nullptr,
                .dx = dx.data<T>()});
           return std::vector{dx};
         });
  return y;
}

Tensor summarise(char const* name, Tensor const& x, int axis, Summary summary) {
  return with_float_type(name, x.dtype(), [&]<class T>() { return summary_of<T>(name, x, axis, summary); });
}

template <class T>
Tensor max_of(Tensor const& x, int axis) {
  ReduceShape const shape = around(x.shape(), axis);
  Tensor y = room_for_results(x, axis, x.dtype());
  Tensor const index = x.requires_gradient() ? room_for_results(x, axis, DType::i64) : Tensor();
  run(reduce_max<T>, x.device(),
      {.shape = shape, .x = x.data<T>(), .y = y.data<T>(), .index = index.defined() ? index.data<i64>() : nullptr});
  record("max", {x}, y, [=, sizes = x.shape()](Tensor const& dy) {
    Tensor const dx = Tensor::empty(sizes, dy.dtype(), dy.device());
    run(reduce_max_backward<T>, dy.device(),
        {.shape = shape, .dy = dy.data<T>(), .index = index.data<i64>(), .dx = dx.data<T>()});
    return std::vector{dx};
  });
  return y;
}

}  // namespace

Tensor sum(Tensor const& x, int axis) { return summarise("sum", x, axis, Summary::sum); }
Tensor mean(Tensor const& x, int axis) { return summarise("mean", x, axis, Summary::mean); }
Tensor l2_norm(Tensor const& x, int axis) { return summarise("l2_norm", x, axis, Summary::l2_norm); }

Tensor max(Tensor const& x, int axis) {
  return with_float_type("max", x.dtype(), [&]<class T>() { return max_of<T>(x, axis); });
}

Tensor argmax(Tensor const& x, int axis) {
  ReduceShape const shape = around(x.shape(), axis);
  Tensor const index = room_for_results(x, axis, DType::i64);
  with_float_type("argmax", x.dtype(), [&]<class T>() {
    run(reduce_max<T>, x.device(), {.shape = shape, .x = x.data<T>(), .index = index.data<i64>()});
  });
  return index;
}

}  // namespace heddle::ops
