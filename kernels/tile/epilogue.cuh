// What a block does with the sums of a tile of a product or a convolution: the steps of an epilogue (core/epilogue.h)
// on the way to memory.
//
// Sums go to shared memory in slices of rows, from where each thread takes vectors of neighbours of the same columns,
// row after row. So a kernel holds one copy of the steps, which accesses memory in whole sectors, and sums of columns
// stay in registers until the tile is done. Then those of the block's threads are added in order, and what a block has
// added up goes to memory of its own: the additions do not depend on the order of blocks.
//
// Floor: the slices take 8 bytes of shared memory a sum, 128 a cycle; 128 x 128 sums, 1024 cycles. Not yet measured.
#pragma once

#include "kernels/tile/activation.cuh"
#include "kernels/tile/elements.cuh"
#include "kernels/tile/epilogue.h"

namespace heddle::HEDDLE_BACKEND {

/// Calls body.operator()<T>() for the type of a tensor of an epilogue.
template <class Body>
HEDDLE_DEVICE void with_value_type(DType type, Body const& body) {
  switch (type) {
    case DType::f16:
      return body.template operator()<f16>();
    case DType::bf16:
      return body.template operator()<bf16>();
    default:
      return body.template operator()<f32>();
  }
}

/// Likewise for that of a result.
template <class Body>
HEDDLE_DEVICE void with_result_type(DType type, Body const& body) {
  switch (type) {
    case DType::f8e4m3:
      return body.template operator()<f8e4m3>();
    case DType::i8:
      return body.template operator()<i8>();
    default:
      return with_value_type(type, body);
  }
}

/// The first `valid` of a row's elements from p, which are aligned to all where `whole`.
template <int count, class T>
HEDDLE_DEVICE void load_part(T const* p, bool whole, int valid, f32 (&values)[count]) {
  Vector<T, count> elements = {};
  if (whole) {
    elements = load<Vector<T, count>>(p);
  } else {
    HEDDLE_UNROLL
    for (int i = 0; i < count; ++i)
      if (i < valid) elements.values[i] = p[i];
  }
  HEDDLE_UNROLL
  for (int i = 0; i < count; ++i) values[i] = to_f32(elements.values[i]);
}

/// Writes them likewise, each rounded to T.
template <int count, class T>
HEDDLE_DEVICE void store_part(T* p, bool whole, int valid, f32 const (&values)[count]) {
  Vector<T, count> elements;
  HEDDLE_UNROLL
  for (int i = 0; i < count; ++i) elements.values[i] = rounded<T>(values[i]);
  if (whole) return store(p, elements);
  HEDDLE_UNROLL
  for (int i = 0; i < count; ++i)
    if (i < valid) p[i] = elements.values[i];
}

/// The steps on vectors of the same columns, row after row.
class EpilogueColumns {
 public:
  static constexpr int count = epilogue_vector;
  using Values = f32[count];

  /// The columns from `column` on, those of them that are there, of a product.
  HEDDLE_DEVICE EpilogueColumns(EpilogueOutput const& output, u32 product, i64 column)
      : output_(output),
        product_(product),
        column_(column),
        valid_(output.n - column < count ? static_cast<int>(output.n - column) : count),
        whole_(output.vectorised && valid_ == count),
        factor_(output.alpha) {
    if (valid_ <= 0) return;
    if (output.alpha != 0)
      for (f32 const* factor : output.factors)
        if (factor != nullptr) factor_ *= *factor;
    if (output.scale != nullptr) scale_ = *output.scale;
    i64 const of_groups = product * output.n + column;
    if (output.bias != nullptr) read(output.bias, of_groups, bias_);
    if (output.gradient_scale != nullptr) load_part(output.gradient_scale + of_groups, whole_, valid_, gradient_scale_);
    if (output.gradient_shift != nullptr) load_part(output.gradient_shift + of_groups, whole_, valid_, gradient_shift_);
  }

  /// Takes the sums of a row to d.
  HEDDLE_DEVICE void finish(i64 row, Values& x) {
    if (valid_ <= 0) return;
    i64 const element = place(row, output_.stride_d, output_.ldd);
    scale_sums(row, x);
    if (output_.bias != nullptr) for_each([&](int i) { x[i] += bias_[i]; });
    if (output_.before_activation != nullptr)
      with_value_type(output_.value_type(), [&]<class T>() {
        store_part(static_cast<T*>(output_.before_activation) + element, whole_, valid_, x);
      });
    Values factors;
    if (output_.gradient_of == nullptr)
      activate(output_.activation, x);
    else
      differentiate(element, x, factors);
    if (output_.residual != nullptr) {
      Values residual;
      read(output_.residual, element, residual);
      for_each([&](int i) { x[i] += residual[i]; });
    }
    if (output_.gradient_of == nullptr) for_each([&](int i) { factors[i] = x[i]; });
    reduce(x, factors);
    if (output_.scale != nullptr) for_each([&](int i) { x[i] *= scale_; });
    with_result_type(output_.type,
                     [&]<class T>() { store_part(static_cast<T*>(output_.d) + element, whole_, valid_, x); });
  }

  /// Takes sums of integers to d as they are, where it is of i32.
  HEDDLE_DEVICE void copy(i64 row, Vector<i32, count> const& sums) const {
    i32* const to = static_cast<i32*>(output_.d) + place(row, output_.stride_d, output_.ldd);
    if (whole_) return store(to, sums);
    for_each([&](int i) {
      if (i < valid_) to[i] = sums.values[i];
    });
  }

  HEDDLE_DEVICE Values const& sums() const { return sums_; }
  HEDDLE_DEVICE Values const& products() const { return products_; }
  /// The bits of the largest magnitude, those of NaN being the largest of all.
  HEDDLE_DEVICE u32 largest() const { return largest_; }

 private:
  template <class Body>
  HEDDLE_DEVICE static void for_each(Body&& body) {
    HEDDLE_UNROLL
    for (int i = 0; i < count; ++i) body(i);
  }

  HEDDLE_DEVICE i64 place(i64 row, i64 stride, i64 leading) const {
    return product_ * stride + output_.row(row) * leading + column_;
  }

  /// Of a tensor of the epilogue, from `element` on.
  HEDDLE_DEVICE void read(void const* from, i64 element, Values& values) const {
    with_value_type(output_.value_type(),
                    [&]<class T>() { load_part(static_cast<T const*>(from) + element, whole_, valid_, values); });
  }

  HEDDLE_DEVICE void scale_sums(i64 row, Values& x) const {
    for_each([&](int i) { x[i] *= factor_; });
    if (output_.beta == 0) return;
    Values c;
    with_result_type(output_.type, [&]<class T>() {
      load_part(static_cast<T const*>(output_.c) + place(row, output_.stride_c, output_.ldc), whole_, valid_, c);
    });
    for_each([&](int i) { x[i] = __fmaf_rn(output_.beta, c[i], x[i]); });
  }

  HEDDLE_DEVICE void differentiate(i64 element, Values& x, Values& gradient_of) const {
    read(output_.gradient_of, element, gradient_of);
    Values at;
    for_each([&](int i) { at[i] = __fmaf_rn(gradient_scale_[i], gradient_of[i], gradient_shift_[i]); });
    activation_gradient(output_.activation, at, x);
  }

  HEDDLE_DEVICE void reduce(Values const& x, Values const& factors) {
    if (output_.column_sums != nullptr) for_each([&](int i) { sums_[i] += x[i]; });
    if (output_.column_products != nullptr)
      for_each([&](int i) { products_[i] = __fmaf_rn(x[i], factors[i], products_[i]); });
    if (output_.absolute_maximum == nullptr) return;
    for_each([&](int i) {
      u32 const magnitude = std::bit_cast<u32>(x[i]) & 0x7fffffffu;
      if (i < valid_ && magnitude > largest_) largest_ = magnitude;
    });
  }

  EpilogueOutput const& output_;
  u32 product_;
  i64 column_;
  int valid_;
  bool whole_;
  f32 factor_, scale_ = 1;
  Values bias_ = {}, gradient_scale_ = {1, 1, 1, 1}, gradient_shift_ = {}, sums_ = {}, products_ = {};
  u32 largest_ = 0;
};

/// The epilogue of a tile of so many columns, by `threads` threads that share memory and a barrier.
template <int columns, int threads>
class TileEpilogue {
 public:
  static constexpr int vector = epilogue_vector, lanes = columns / vector, teams = threads / lanes;
  static_assert(threads % lanes == 0 && lanes % 8 == 0);

  /// Where a slice in shared memory holds the sum of a row of it: neither pairs of four rows, as the matrix unit leaves
  /// them, nor vectors of one row meet in a bank.
  HEDDLE_DEVICE static int place(int row, int column) { return row * columns + (column ^ row % 4 * 8); }
  /// f32 in shared memory that finish_reductions takes.
  static constexpr int reduction_size = 2 * teams * columns;

  /// The tile of a product at (row, column); `thread` counts the threads that share it.
  HEDDLE_DEVICE TileEpilogue(EpilogueOutput const& output, u32 product, i64 row, i64 column, int thread)
      : output_(output),
        product_(output.groups == 1 ? 0 : product),
        row_(row),
        column_(column),
        thread_(thread),
        columns_(output, product, column + thread % lanes * vector) {}

  /// Finishes a slice of `rows` rows, from `first` on in the tile: sums of f32, or exact ones of i32.
  template <class Sum>
  HEDDLE_DEVICE void finish_slice(int first, int rows, Sum const* slice) {
    i64 const left = output_.m - row_ - first;
    int const end = left < rows ? static_cast<int>(left) : rows;
    for (int row = thread_ / lanes; row < end; row += teams) {
      auto const sums = load<Vector<Sum, vector>>(slice + place(row, thread_ % lanes * vector));
      if constexpr (std::is_same_v<Sum, i32>)
        if (output_.type == DType::i32) {
          columns_.copy(row_ + first + row, sums);
          continue;
        }
      f32 x[vector];
      HEDDLE_UNROLL
      for (int i = 0; i < vector; ++i) x[i] = static_cast<f32>(sums.values[i]);
      columns_.finish(row_ + first + row, x);
    }
  }

  /// After the last slice: what is reduced over elements. `row_block` is the place of this tile's rows among those that
  /// have sums of columns of their own; `shared` is free when all threads have called `barrier`, which all of them do.
  template <class Barrier>
  HEDDLE_DEVICE void finish_reductions(i64 row_block, f32* shared, Barrier const& barrier) const {
    if (output_.absolute_maximum != nullptr) {
      u32 const largest = __reduce_max_sync(0xffffffffu, columns_.largest());
      if (thread_ % 32 == 0) atomicMax(reinterpret_cast<u32*>(output_.absolute_maximum), largest);
    }
    if (output_.column_sums == nullptr && output_.column_products == nullptr) return;
    barrier();
    int const place = thread_ / lanes * columns + thread_ % lanes * vector;
    store_f32(shared + place, columns_.sums());
    store_f32(shared + teams * columns + place, columns_.products());
    barrier();
    for (int column = thread_; column < columns && column_ + column < output_.n; column += threads) {
      i64 const element = (row_block * output_.groups + product_) * output_.n + column_ + column;
      if (output_.column_sums != nullptr) output_.column_sums[element] = sum_of_teams(shared + column);
      if (output_.column_products != nullptr)
        output_.column_products[element] = sum_of_teams(shared + teams * columns + column);
    }
  }

 private:
  HEDDLE_DEVICE static f32 sum_of_teams(f32 const* sums) {
    f32 sum = 0;
    HEDDLE_UNROLL
    for (int team = 0; team < teams; ++team) sum += sums[team * columns];
    return sum;
  }

  EpilogueOutput const& output_;
  u32 product_;
  i64 row_, column_;
  int thread_;
  EpilogueColumns columns_;
};

}  // namespace heddle::HEDDLE_BACKEND
