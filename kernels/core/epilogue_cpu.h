// The steps of an epilogue on the CPU, element by element.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/core/epilogue.h"

namespace heddle::cpu {

/// x as an element of a result: rounded to nearest even; integers and f8 end at their largest value, and an integer of
/// NaN is 0.
template <class D>
D rounded(f32 x) {
  if constexpr (std::same_as<D, i8>)
    return std::isnan(x) ? i8{0} : static_cast<i8>(std::nearbyint(std::clamp(x, -128.0f, 127.0f)));
  else
    return static_cast<D>(x);
}

/// Takes sums to the elements of a result [m, n] whose rows are `leading` elements apart, row after row.
template <class D>
class EpilogueSteps {
 public:
  EpilogueSteps(Epilogue<D> const& epilogue, i64 n, i64 leading)
      : e_(epilogue), leading_(leading), sums_(size(n)), products_(size(n)) {}

  /// The element that becomes of the sum x.
  D finish(i64 row, i64 column, f32 x) {
    using Value = EpilogueValue<D>;
    i64 const element = row * leading_ + column;
    if (e_.bias != nullptr) x += static_cast<f32>(e_.bias[column]);
    if (e_.before_activation != nullptr) e_.before_activation[element] = Value(x);
    with_activation(e_.activation, [&](auto const& function, auto const& gradient) {
      x = e_.gradient_of == nullptr ? function(x) : gradient(place_of_gradient(element, column), x);
    });
    if (e_.residual != nullptr) x += static_cast<f32>(e_.residual[element]);
    if (e_.reduces_columns()) {
      sums_[static_cast<std::size_t>(column)] += x;
      f32 const factor = e_.gradient_of == nullptr ? x : static_cast<f32>(e_.gradient_of[element]);
      products_[static_cast<std::size_t>(column)] += static_cast<double>(x) * factor;
    }
    largest_ = std::isnan(x) || std::isnan(largest_) ? NAN : std::max(largest_, std::abs(x));
    return rounded<D>(e_.scale == nullptr ? x : x * *e_.scale);
  }

  /// Writes what is reduced over all elements.
  void finish_reductions() const {
    auto const write = [](std::vector<double> const& sums, f32* to) {
      for (std::size_t i = 0; to != nullptr && i < sums.size(); ++i) to[i] = static_cast<f32>(sums[i]);
    };
    write(sums_, e_.column_sums);
    write(products_, e_.column_products);
    if (e_.absolute_maximum != nullptr) *e_.absolute_maximum = largest_;
  }

 private:
  f32 place_of_gradient(i64 element, i64 column) const {
    f32 const scale = e_.gradient_scale == nullptr ? 1 : e_.gradient_scale[column];
    f32 const shift = e_.gradient_shift == nullptr ? 0 : e_.gradient_shift[column];
    return scale * static_cast<f32>(e_.gradient_of[element]) + shift;
  }

  std::size_t size(i64 n) const { return static_cast<std::size_t>(e_.reduces_columns() ? n : 0); }

  Epilogue<D> const& e_;
  i64 leading_;
  std::vector<double> sums_, products_;
  f32 largest_ = 0;
};

}  // namespace heddle::cpu
