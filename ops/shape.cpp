#include "ops/shape.h"

#include <ostream>
#include <sstream>

#include "kernels/core/error.h"

namespace heddle {

Shape::Shape(std::span<i64 const> sizes) : rank_(static_cast<int>(sizes.size())) {
  check(sizes.size() <= max_rank, "[shape] at most ", max_rank, " axes: ", sizes.size());
  for (int axis = 0; axis < rank_; ++axis) {
    sizes_[axis] = sizes[axis];
    check(sizes_[axis] >= 0, "[shape] sizes must not be negative: size ", sizes_[axis], " of axis ", axis);
  }
}

i64 Shape::operator[](int axis) const {
  int const index = axis < 0 ? axis + rank_ : axis;
  check(index >= 0 && index < rank_, "[shape] no axis ", axis, " in ", *this);
  return sizes_[index];
}

i64 Shape::count() const {
  i64 count = 1;
  for (i64 const size : sizes())
    check(!__builtin_mul_overflow(count, size, &count), "[shape] more elements than 2^63 in ", *this);
  return count;
}

std::ostream& operator<<(std::ostream& out, Shape const& shape) {
  out << '[';
  for (int axis = 0; axis < shape.rank(); ++axis) out << (axis ? ", " : "") << shape[axis];
  return out << ']';
}

std::string to_string(Shape const& shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

}  // namespace heddle
