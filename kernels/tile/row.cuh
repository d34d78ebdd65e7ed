// A row of a matrix, shared out among a team of threads: access i of thread t covers the elements
// [(i * team + t) * vector, … + vector), so that neighbouring threads read neighbouring addresses.
#pragma once

#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The columns that fall to one thread. With `accesses` > 0 each thread makes at most so many, in an unrolled loop that
/// leaves arrays indexed by it in registers; with 0, any number.
template <int team, int vector, int accesses>
struct TeamColumns {
  i64 columns;  // of the row, a multiple of `vector`
  int thread;   // of the team

  /// Calls visit(i, column) for each access of this thread; i is 0 throughout when `accesses` is 0.
  template <class Visit>
  HEDDLE_DEVICE void for_each(Visit&& visit) const {
    if constexpr (accesses > 0) {
      HEDDLE_UNROLL
      for (int i = 0; i < accesses; ++i) {
        int const column = (i * team + thread) * vector;  // narrow, because the row is short: fewer registers
        if (column < static_cast<int>(columns)) visit(i, column);
      }
    } else {
      for (i64 column = static_cast<i64>(thread) * vector; column < columns; column += team * vector) visit(0, column);
    }
  }
};

/// This thread's elements of one row, or of the sum of two: held in registers, so that memory is read once, when
/// `accesses` > 0; read again at each use when it is 0.
template <class T, int vector, int accesses>
class TeamRow {
 public:
  /// With `addend`, unless it is null, the elements are row + addend, rounded to T.
  template <class Columns>
  HEDDLE_DEVICE TeamRow(T const* row, Columns const& columns, T const* addend = nullptr) {
    columns.for_each([&](int i, i64 column) { held_[i] = load_constant<Vector<T, vector>>(row + column); });
    if (addend != nullptr)
      columns.for_each([&](int i, i64 column) { add(held_[i], load_constant<Vector<T, vector>>(addend + column)); });
  }

  /// The elements of access i, which starts at `column`.
  HEDDLE_DEVICE void get(int i, i64, f32 (&values)[vector]) const {
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) values[k] = to_f32(held_[i].values[k]);
  }

 private:
  Vector<T, vector> held_[accesses] = {};  // zero past the end of the row
};

template <class T, int vector>
class TeamRow<T, vector, 0> {
 public:
  template <class Columns>
  HEDDLE_DEVICE TeamRow(T const* row, Columns const&, T const* addend = nullptr) : row_(row), addend_(addend) {}

  HEDDLE_DEVICE void get(int, i64 column, f32 (&values)[vector]) const {
    auto elements = load_constant<Vector<T, vector>>(row_ + column);
    if (addend_ != nullptr) add(elements, load_constant<Vector<T, vector>>(addend_ + column));
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) values[k] = to_f32(elements.values[k]);
  }

 private:
  T const* row_;
  T const* addend_;
};

}  // namespace heddle::HEDDLE_BACKEND
