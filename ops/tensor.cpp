#include "ops/tensor.h"

#include <cstring>

#include "kernels/core/error.h"
#include "ops/allocator.h"
#include "ops/memory.h"

namespace heddle {

struct Tensor::Storage {
  Device device;
  std::size_t bytes;
  void* data;

  Storage(Device where, std::size_t size) : device(where), bytes(size), data(allocate(where, size)) {}
  ~Storage() { release(device, data, bytes); }
  Storage(Storage const&) = delete;
  Storage& operator=(Storage const&) = delete;
};

struct Tensor::Impl {
  std::shared_ptr<Storage> storage;
  std::size_t offset_bytes;
  Shape shape;
  DType dtype;
  std::shared_ptr<GradientSlot> gradient = std::make_shared<GradientSlot>();
};

namespace {

CopyKind copy_kind(Device destination, Device source) {
  if (destination == source) return CopyKind::device_to_device;
  return source == Device::cpu ? CopyKind::host_to_device : CopyKind::device_to_host;
}

/// Copies between any two devices, through the host where neither is the host, and waits for it.
void copy_bytes(void* destination, Device to, void const* source, Device from, std::size_t bytes) {
  if (bytes == 0) return;
  if (to != from && to != Device::cpu && from != Device::cpu) {
    std::vector<std::byte> host(bytes);
    copy_bytes(host.data(), Device::cpu, source, from, bytes);
    return copy_bytes(destination, to, host.data(), Device::cpu, bytes);
  }
  Memory const& memory = memory_of(to == Device::cpu ? from : to);
  memory.copy(destination, source, bytes, copy_kind(to, from), Stream{});
  if (to != from) memory.synchronize(Stream{});
}

}  // namespace

Tensor Tensor::empty(Shape const& shape, DType dtype, Device device) {
  i64 bytes = 0;
  check(!__builtin_mul_overflow(shape.count(), size_bytes(dtype), &bytes), "[tensor] more bytes than 2^63 in ", shape);
  auto storage = std::make_shared<Storage>(device, static_cast<std::size_t>(bytes));
  return Tensor(std::make_shared<Impl>(Impl{std::move(storage), 0, shape, dtype}));
}

Tensor Tensor::zeros(Shape const& shape, DType dtype, Device device) {
  Tensor result = empty(shape, dtype, device);
  result.fill_zero();
  return result;
}

Tensor Tensor::full(Shape const& shape, f32 value, Device device) {
  return from(std::vector<f32>(static_cast<std::size_t>(shape.count()), value), shape, device);
}

Tensor Tensor::from_bytes(std::span<std::byte const> bytes, Shape const& shape, DType dtype, Device device) {
  Tensor result = empty(shape, dtype, device);
  check(bytes.size() == result.bytes(), "[tensor] ", shape, " of ", name(dtype), " holds ", result.bytes(),
        " bytes, given ", bytes.size());
  copy_bytes(result.raw_data(), device, bytes.data(), Device::cpu, bytes.size());
  return result;
}

Tensor::Impl& Tensor::impl() const {
  check(defined(), "[tensor] used before it was given a value");
  return *impl_;
}

Shape const& Tensor::shape() const { return impl().shape; }
DType Tensor::dtype() const { return impl().dtype; }
Device Tensor::device() const { return impl().storage->device; }
std::size_t Tensor::bytes() const { return static_cast<std::size_t>(count()) * size_bytes(dtype()); }

void* Tensor::raw_data() const {
  auto* const base = static_cast<std::byte*>(impl().storage->data);
  return base == nullptr ? nullptr : base + impl().offset_bytes;
}

void* Tensor::typed_data(DType expected) const {
  check(dtype() == expected, "[tensor] elements are ", name(dtype()), ", asked for as ", name(expected));
  return raw_data();
}

Tensor Tensor::view(Shape const& shape) const {
  check(shape.count() == count(), "[reshape] ", this->shape(), " has not as many elements as ", shape);
  return Tensor(std::make_shared<Impl>(Impl{impl().storage, impl().offset_bytes, shape, dtype()}));
}

Tensor Tensor::rows(i64 begin, i64 end) const {
  check(shape().rank() >= 1 && begin >= 0 && begin <= end && end <= size(0), "[rows] no rows ", begin, " to ", end,
        " in ", shape());
  std::vector<i64> sizes(shape().sizes().begin(), shape().sizes().end());
  std::size_t const row_bytes = size(0) == 0 ? 0 : bytes() / static_cast<std::size_t>(size(0));
  sizes[0] = end - begin;
  std::size_t const offset = impl().offset_bytes + static_cast<std::size_t>(begin) * row_bytes;
  return Tensor(std::make_shared<Impl>(Impl{impl().storage, offset, Shape(sizes), dtype()}));
}

Tensor Tensor::clone() const {
  Tensor result = empty(shape(), dtype(), device());
  result.copy_from(*this);
  return result;
}

Tensor Tensor::to(Device target) const {
  if (device() == target) return *this;
  Tensor result = empty(shape(), dtype(), target);
  result.copy_from(*this);
  return result;
}

void Tensor::copy_from(Tensor const& source) {
  check(shape() == source.shape() && dtype() == source.dtype(), "[copy] ", name(source.dtype()), " ", source.shape(),
        " does not fit into ", name(dtype()), " ", shape());
  copy_bytes(raw_data(), device(), source.raw_data(), source.device(), bytes());
}

void Tensor::fill_zero() {
  if (bytes() != 0) memory_of(device()).fill(raw_data(), 0, bytes(), Stream{});
}

void Tensor::move_to(Device target) {
  if (device() == target) return;
  Tensor const moved = to(target);
  impl().storage = moved.impl().storage;
  impl().offset_bytes = 0;
  if (gradient().defined()) set_gradient(gradient().to(target));
}

void Tensor::copy_to_host(void* destination, DType expected) const {
  copy_bytes(destination, Device::cpu, typed_data(expected), device(), bytes());
}

void Tensor::require_one_element() const { check(count() == 1, "[item] needs one element: ", shape()); }

bool Tensor::requires_gradient() const { return impl().gradient->required; }

Tensor& Tensor::set_requires_gradient(bool value) {
  impl().gradient->required = value;
  return *this;
}

Tensor Tensor::gradient() const { return impl().gradient->value; }

void Tensor::set_gradient(Tensor gradient) {
  check(!gradient.defined() || gradient.shape() == shape(), "[gradient] of shape ", gradient.shape(), " for ", shape());
  impl().gradient->value = std::move(gradient);
}

void Tensor::clear_gradient() { impl().gradient->value = Tensor(); }

void Tensor::share_gradient_of(Tensor const& other) {
  check(other.shape() == shape(), "[gradient] of shape ", other.shape(), " for ", shape());
  impl().gradient = other.impl().gradient;
}

std::shared_ptr<Tensor::GradientSlot> const& Tensor::gradient_slot() const { return impl().gradient; }

long Tensor::share_count() const { return impl_.use_count() + impl().storage.use_count() - 1; }

}  // namespace heddle
