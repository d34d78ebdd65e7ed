#include "ops/elementwise.h"

#include "kernels/elementwise/cast.h"
#include "kernels/elementwise/elementwise.h"
#include "ops/route.h"
#include "ops/tape.h"

namespace heddle::ops {

namespace {

void add_into(Tensor& out, f32 alpha, Tensor const& a, f32 beta, Tensor const& b) {
  require_same_device("add", a, b, out);
  require_shape("add", "b", b, a.shape());
  with_float_type("add", a.dtype(), [&]<class T>() {
    run(heddle::add<T>, a.device(),
        {.count = a.count(), .alpha = alpha, .a = a.data<T>(), .beta = beta, .b = b.data<T>(), .out = out.data<T>()});
  });
}

void scale_into(Tensor& y, Tensor const& x, f32 factor) {
  with_float_type("scale", x.dtype(), [&]<class T>() {
    run(heddle::scale<T>, x.device(), {.count = x.count(), .scale = factor, .x = x.data<T>(), .y = y.data<T>()});
  });
}

/// body.operator()<T>() for a type that can be cast.
template <class Body>
void with_castable_type(DType type, Body const& body) {
  if (type == DType::i8) return body.template operator()<i8>();
  if (type == DType::u8) return body.template operator()<u8>();
  with_float_type("cast", type, body);
}

}  // namespace

Tensor add(Tensor const& a, Tensor const& b) {
  Tensor sum = Tensor::empty(a.shape(), a.dtype(), a.device());
  add_into(sum, 1, a, 1, b);
  record("add", {a, b}, sum, [](Tensor const& dy) { return std::vector{dy, dy}; });
  return sum;
}

Tensor scale(Tensor const& x, f32 factor) {
  Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  scale_into(y, x, factor);
  record("scale", {x}, y, [factor](Tensor const& dy) { return std::vector{scale(dy, factor)}; });
  return y;
}

Tensor cast(Tensor const& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  Tensor y = Tensor::empty(x.shape(), dtype, x.device());
  with_castable_type(x.dtype(), [&]<class From>() {
    with_castable_type(dtype, [&]<class To>() {
      if constexpr (!std::is_same_v<From, To>)
        run(heddle::cast<Conversion<From, To>>, x.device(),
            {.count = x.count(), .x = x.data<From>(), .y = y.data<To>()});
    });
  });
  auto const integral = [](DType type) { return type == DType::i8 || type == DType::u8; };
  if (!integral(x.dtype()) && !integral(dtype))
    record("cast", {x}, y, [back = x.dtype()](Tensor const& dy) { return std::vector{cast(dy, back)}; });
  return y;
}

void add_scaled_(Tensor& target, Tensor const& x, f32 factor) { add_into(target, 1, target, factor, x); }
void blend_(Tensor& target, Tensor const& x, f32 weight) { add_into(target, 1 - weight, target, weight, x); }
void scale_(Tensor& target, f32 factor) { scale_into(target, target, factor); }

void scale_by_(Tensor& target, Tensor const& factor) {
  require_same_device("scale", target, factor);
  check(factor.count() == 1, "[scale] the factor must be one element: ", factor.shape());
  with_float_type("scale", target.dtype(), [&]<class T>() {
    T* const x = target.data<T>();
    run(heddle::scale<T>, target.device(), {.count = target.count(), .factor = factor.data<f32>(), .x = x, .y = x});
  });
}

}  // namespace heddle::ops
