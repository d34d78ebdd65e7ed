#include "kernels/machine/host/wgmma_product.h"

#include <cstring>
#include <type_traits>

#include "kernels/core/error.h"
#include "kernels/machine/fragment.h"
#include "kernels/machine/host/matrix_arithmetic.h"

namespace heddle::emulated {
namespace {

using detail::Wide;

constexpr int chunk_bytes = 16;

/// Of a product, in shared memory.
struct Operand {
  char const* name;
  MatrixDescriptor descriptor;
  Major major;
  bool repeated;  // another warp of the warpgroup reads it as well
};

/// Elements (x, k) to (x, k + 15) or (x + 15, k), as far as they make a chunk.
template <class T>
std::array<T, chunk_bytes / sizeof(T)> read_chunk(WgmmaProduct const& product, Operand const& operand, int x, int k) {
  std::span<u8> const shared = product.block->shared();
  u32 const offset =
      operand_offset(operand.descriptor, operand.major, static_cast<u32>(x), static_cast<u32>(k), sizeof(T));
  if (offset + chunk_bytes > shared.size())
    fail("wgmma at ", describe(product.where), ": ", operand.name, " is not within shared memory: element (", x, ", ",
         k, ") is at byte ", offset, " of ", shared.size(), "; check its descriptor and its tile");
  product.block->observe_for(product.thread, &shared[offset], chunk_bytes, AccessKind::read, product.where,
                             operand.repeated);
  std::array<T, chunk_bytes / sizeof(T)> chunk;
  std::memcpy(static_cast<void*>(chunk.data()), &shared[offset], chunk_bytes);
  return chunk;
}

/// Calls visit(x, k, element) for eight x, from `first` on, and all k.
template <class T, class Visit>
void read_rows(WgmmaProduct const& product, Operand const& operand, int first, Visit visit) {
  constexpr int chunk = chunk_bytes / sizeof(T);
  if (operand.major == Major::k) {
    for (int x = 0; x < 8; ++x)
      for (int k = 0; k < wgmma_k<T>; k += chunk) {
        auto const elements = read_chunk<T>(product, operand, first + x, k);
        for (int i = 0; i < chunk; ++i) visit(x, k + i, detail::widen(elements[static_cast<std::size_t>(i)]));
      }
  } else if constexpr (chunk == 8) {
    for (int k = 0; k < wgmma_k<T>; ++k) {
      auto const elements = read_chunk<T>(product, operand, first, k);
      for (int x = 0; x < 8; ++x) visit(x, k, detail::widen(elements[static_cast<std::size_t>(x)]));
    }
  }
}

template <class T>
void read_a(WgmmaProduct const& product, Wide<T> (&a)[16][wgmma_k<T>]) {
  if (product.kind->a_in_registers) {
    constexpr int count = 16 / sizeof(T);
    for (int lane = 0; lane < warp_size; ++lane) {
      T elements[count];
      std::memcpy(static_cast<void*>(elements), product.a_registers[static_cast<std::size_t>(lane)].data(),
                  sizeof elements);
      for (int i = 0; i < count; ++i) {
        Place const place = a_fragment<T>(lane, i);
        a[place.row][place.column] = detail::widen(elements[i]);
      }
    }
    return;
  }
  Operand const operand = {"A", product.a, product.kind->options.a, false};
  int const first_row = product.thread % warpgroup_size / warp_size * 16;
  for (int half = 0; half < 16; half += 8)
    read_rows<T>(product, operand, first_row + half, [&](int x, int k, Wide<T> element) { a[half + x][k] = element; });
}

}  // namespace

template <class A, class B, class Element>
void multiply(WgmmaProduct const& product, u32* registers) {
  WgmmaKind const& kind = *product.kind;
  static_assert(sizeof(A) == sizeof(B));
  constexpr int k = wgmma_k<A>;
  Wide<A> a[16][k], b[k][8];
  read_a<A>(product, a);
  if (kind.options.negate_a != kind.options.negate_b)
    for (auto& row : a)
      for (Wide<A>& element : row) element = -element;

  Operand const operand = {"B", product.b, kind.options.b, product.thread % warpgroup_size >= warp_size};
  for (int column = 0; column < kind.n; column += 8) {
    read_rows<B>(product, operand, column, [&](int x, int row, Wide<B> element) { b[row][x] = element; });
    Wide<A> d[16][8] = {};
    auto const visit = [&](auto exchange) {
      for (int lane = 0; lane < warp_size; ++lane) {
        auto* const first =
            reinterpret_cast<u8*>(registers + lane * kind.registers) + column / 2 * int{sizeof(Element)};
        Element elements[4];
        std::memcpy(static_cast<void*>(elements), first, sizeof elements);
        for (int i = 0; i < 4; ++i) {
          Place const place = accumulator_fragment(lane, i);
          exchange(elements[i], d[place.row][place.column]);
        }
        std::memcpy(first, elements, sizeof elements);
      }
    };
    if (product.accumulate) visit([](Element& element, Wide<A>& sum) { sum = detail::widen_accumulator(element); });
    detail::multiply_accumulate(d, a, b);
    visit([](Element& element, Wide<A> sum) { detail::narrow_accumulator(element, sum); });
  }
}

template void multiply<bf16, bf16, f32>(WgmmaProduct const&, u32*);
template void multiply<f16, f16, f32>(WgmmaProduct const&, u32*);
template void multiply<f16, f16, f16>(WgmmaProduct const&, u32*);
template void multiply<tf32, tf32, f32>(WgmmaProduct const&, u32*);
template void multiply<f8e4m3, f8e4m3, f32>(WgmmaProduct const&, u32*);
template void multiply<f8e4m3, f8e4m3, f16>(WgmmaProduct const&, u32*);
template void multiply<f8e4m3, f8e5m2, f32>(WgmmaProduct const&, u32*);
template void multiply<f8e4m3, f8e5m2, f16>(WgmmaProduct const&, u32*);
template void multiply<f8e5m2, f8e4m3, f32>(WgmmaProduct const&, u32*);
template void multiply<f8e5m2, f8e4m3, f16>(WgmmaProduct const&, u32*);
template void multiply<f8e5m2, f8e5m2, f32>(WgmmaProduct const&, u32*);
template void multiply<f8e5m2, f8e5m2, f16>(WgmmaProduct const&, u32*);
template void multiply<i8, i8, i32>(WgmmaProduct const&, u32*);
template void multiply<u8, u8, i32>(WgmmaProduct const&, u32*);

}  // namespace heddle::emulated
