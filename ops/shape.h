// The sizes of a tensor, outermost first.
#pragma once

#include <array>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>

#include "kernels/core/types.h"

namespace heddle {

class Shape {
 public:
  static constexpr int max_rank = 6;

  Shape() = default;
  /// Throws an Error for a negative size or more than `max_rank` sizes.
  Shape(std::initializer_list<i64> sizes) : Shape(std::span<i64 const>(sizes.begin(), sizes.size())) {}
  explicit Shape(std::span<i64 const> sizes);

  int rank() const { return rank_; }
  /// The size of an axis; a negative one counts from the end. Throws an Error when there is no such axis.
  i64 operator[](int axis) const;
  /// The number of elements: 1 for rank 0.
  i64 count() const;
  std::span<i64 const> sizes() const { return {sizes_.data(), static_cast<std::size_t>(rank_)}; }

  friend bool operator==(Shape const&, Shape const&) = default;

 private:
  std::array<i64, max_rank> sizes_ = {};
  int rank_ = 0;
};

/// [32, 28, 28, 1]
std::ostream& operator<<(std::ostream& out, Shape const& shape);
std::string to_string(Shape const& shape);

}  // namespace heddle
