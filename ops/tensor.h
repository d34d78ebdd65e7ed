// A contiguous, row-major array on a device. A Tensor is a handle: copies share the elements.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ops/device.h"
#include "ops/dtype.h"
#include "ops/shape.h"

namespace heddle {

class Tensor {
 public:
  /// No tensor; everything but `defined` and assignment throws.
  Tensor() = default;

  /// Elements are undefined until written.
  static Tensor empty(Shape const& shape, DType dtype = DType::f32, Device device = Device::cpu);
  static Tensor zeros(Shape const& shape, DType dtype = DType::f32, Device device = Device::cpu);
  /// An f32 tensor with every element `value`.
  static Tensor full(Shape const& shape, f32 value, Device device = Device::cpu);
  /// A copy of `values`, whose count must be that of the shape.
  template <class T>
  static Tensor from(std::span<T const> values, Shape const& shape, Device device = Device::cpu) {
    return from_bytes(std::as_bytes(values), shape, dtype_of<T>, device);
  }
  template <class T>
  static Tensor from(std::vector<T> const& values, Shape const& shape, Device device = Device::cpu) {
    return from(std::span<T const>(values), shape, device);
  }
  static Tensor from_bytes(std::span<std::byte const> bytes, Shape const& shape, DType dtype,
                           Device device = Device::cpu);

  bool defined() const { return impl_ != nullptr; }
  Shape const& shape() const;
  i64 size(int axis) const { return shape()[axis]; }
  i64 count() const { return shape().count(); }
  std::size_t bytes() const;
  DType dtype() const;
  Device device() const;

  /// The elements on the tensor's device; throws an Error when T is not its type.
  template <class T>
  T* data() const {
    return static_cast<T*>(typed_data(dtype_of<T>));
  }
  void* raw_data() const;

  /// The same elements under another shape of the same count. Not recorded by a Tape: see ops::reshape.
  Tensor view(Shape const& shape) const;
  /// The elements [begin, end) of the first axis, shared. Not recorded by a Tape.
  Tensor rows(i64 begin, i64 end) const;
  /// A copy with its own elements, on this or another device; itself when it is there already (`to`).
  Tensor clone() const;
  Tensor to(Device device) const;
  /// Overwrites the elements with those of `source`: same shape and type, any device.
  void copy_from(Tensor const& source);
  void fill_zero();
  /// Puts the elements on another device, for every handle of this tensor.
  void move_to(Device device);

  /// The elements on the host; throws an Error when T is not the tensor's type.
  template <class T>
  std::vector<T> to_vector() const {
    std::vector<T> values(static_cast<std::size_t>(count()));
    copy_to_host(values.data(), dtype_of<T>);
    return values;
  }
  /// The only element.
  template <class T>
  T item() const {
    require_one_element();
    return to_vector<T>().front();
  }

  /// Whether Tape::backward leaves a gradient here (a parameter), or passes one through (a recorded result).
  bool requires_gradient() const;
  Tensor& set_requires_gradient(bool value);
  /// What Tape::backward added up here since the last `clear_gradient`; undefined when nothing was.
  Tensor gradient() const;
  void set_gradient(Tensor gradient);
  void clear_gradient();
  /// Both have one gradient from now on, that of `other`: of a copy in another type, say, whose gradient is the
  /// parameter's.
  void share_gradient_of(Tensor const& other);
  /// Where gradients of this tensor add up. It outlives the elements, so that a Tape need not keep those.
  struct GradientSlot;
  std::shared_ptr<GradientSlot> const& gradient_slot() const;

  /// Whether both handles are the same tensor, not only equal elements.
  bool is(Tensor const& other) const { return impl_ == other.impl_; }
  /// How many handles hold these elements, this one included.
  long share_count() const;

 private:
  struct Storage;
  struct Impl;
  explicit Tensor(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  Impl& impl() const;
  void* typed_data(DType dtype) const;
  void copy_to_host(void* destination, DType dtype) const;
  void require_one_element() const;

  std::shared_ptr<Impl> impl_;
};

struct Tensor::GradientSlot {
  bool required = false;
  Tensor value = {};
};

}  // namespace heddle
