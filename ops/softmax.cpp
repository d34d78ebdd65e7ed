#include "ops/softmax.h"

#include "kernels/softmax/softmax.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {
namespace {

i64 rows_of(Tensor const& x) { return x.size(-1) == 0 ? 0 : x.count() / x.size(-1); }

/// The rows of mask and bias, which must be alike and divide those of x.
i64 mask_rows_of(char const* name, Tensor const& x, SoftmaxOptions const& options) {
  i64 mask_rows = 1;
  bool first = true;
  for (Tensor const& tensor : {options.mask, options.bias}) {
    if (!tensor.defined()) continue;
    i64 const rows = rows_of(tensor);
    check(tensor.size(-1) == x.size(-1) && (first || rows == mask_rows) &&
              (rows > 0 ? rows_of(x) % rows : x.count()) == 0,
          "[", name, "] mask and bias must be [..., columns] alike, their rows dividing those of x ", x.shape(), ": ",
          tensor.shape());
    mask_rows = std::max<i64>(rows, 1);
    first = false;
  }
  return mask_rows;
}

template <class T>
Tensor softmax_of(char const* name, bool logarithm, Tensor const& x, SoftmaxOptions const& options) {
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  i64 const rows = rows_of(x), columns = x.size(-1);
  run(softmax_forward<T>, x.device(),
      {.rows = rows,
       .columns = columns,
       .logarithm = logarithm,
       .scale = options.scale,
       .mask_rows = mask_rows_of(name, x, options),
       .x = x.data<T>(),
       .bias = options.bias.defined() ? options.bias.data<T>() : nullptr,
       .mask = options.mask.defined() ? options.mask.data<u8>() : nullptr,
       .y = y.data<T>()});
  record(name, {x}, y, [=, scale = options.scale](Tensor const& dy) {
    Tensor dx = Tensor::empty(x.shape(), x.dtype(), x.device());
    run(softmax_backward<T>, x.device(),
        {.rows = rows,
         .columns = columns,
         .logarithm = logarithm,
         .scale = scale,
         .y = y.data<T>(),
         .dy = dy.data<T>(),
         .dx = dx.data<T>()});
    return std::vector{dx};
  });
  return y;
}

Tensor softmax_of_any(char const* name, bool logarithm, Tensor const& x, SoftmaxOptions const& options) {
  require_same_device(name, x, options.mask, options.bias);
  return with_float_type(name, x.dtype(), [&]<class T>() { return softmax_of<T>(name, logarithm, x, options); });
}

}  // namespace

Tensor softmax(Tensor const& x, SoftmaxOptions const& options) { return softmax_of_any("softmax", false, x, options); }

Tensor log_softmax(Tensor const& x, SoftmaxOptions const& options) {
  return softmax_of_any("log_softmax", true, x, options);
}

}  // namespace heddle::ops
