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

/// Elements (x, k) to (x, k + 15) or (x + 15, k), as far as they make a chunk.
template <class T>
std::array<T, chunk_bytes / sizeof(T)> read_chunk(WgmmaProduct const& product, char const* operand,
                                                  MatrixDescriptor descriptor, Major major, int x, int k) {
  std::span<u8> const shared = product.block->shared();
  u32 const offset = operand_offset(descriptor, major, static_cast<u32>(x), static_cast<u32>(k), sizeof(T));
  if (offset + chunk_bytes > shared.size())
    fail("wgmma at ", describe(product.where), ": ", operand, " is not within shared memory: element (", x, ", ", k,
         ") is at byte ", offset, " of ", shared.size(), "; check its descriptor and its tile");
  product.block->observe_for(product.thread, &shared[offset], chunk_bytes, AccessKind::read, product.where);
  std::array<T, chunk_bytes / sizeof(T)> chunk;
  std::memcpy(static_cast<void*>(chunk.data()), &shared[offset], chunk_bytes);
  return chunk;
}

/// Calls visit(x, k, element) for eight x, from `first` on, and all k.
template <class T, class Visit>
void read_rows(WgmmaProduct const& product, char const* operand, MatrixDescriptor descriptor, Major major, int first,
               Visit visit) {
  constexpr int chunk = chunk_bytes / sizeof(T);
  if (major == Major::k) {
    for (int x = 0; x < 8; ++x)
      for (int k = 0; k < wgmma_k<T>; k += chunk) {
        auto const elements = read_chunk<T>(product, operand, descriptor, major, first + x, k);
        for (int i = 0; i < chunk; ++i) visit(x, k + i, detail::widen(elements[static_cast<std::size_t>(i)]));
      }
  } else if constexpr (chunk == 8) {
    for (int k = 0; k < wgmma_k<T>; ++k) {
      auto const elements = read_chunk<T>(product, operand, descriptor, major, first, k);
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
  int const first_row = product.thread % warpgroup_size / warp_size * 16;
  for (int half = 0; half < 16; half += 8)
    read_rows<T>(product, "A", product.a, product.kind->options.a, first_row + half,
                 [&](int x, int k, Wide<T> element) { a[half + x][k] = element; });
}

}  // namespace

template <class T>
void multiply(WgmmaProduct const& product, u32* registers) {
  using Element = std::conditional_t<std::same_as<T, i8>, i32, f32>;
  WgmmaKind const& kind = *product.kind;
  Wide<T> a[16][wgmma_k<T>], b[wgmma_k<T>][8];
  read_a<T>(product, a);
  if (kind.options.negate_a != kind.options.negate_b)
    for (auto& row : a)
      for (Wide<T>& element : row) element = -element;

  for (int column = 0; column < kind.n; column += 8) {
    read_rows<T>(product, "B", product.b, kind.options.b, column,
                 [&](int x, int k, Wide<T> element) { b[k][x] = element; });
    Wide<T> d[16][8] = {};
    auto const visit = [&](auto exchange) {
      for (int lane = 0; lane < warp_size; ++lane)
        for (int i = 0; i < 4; ++i) {
          Place const place = accumulator_fragment(lane, i);
          exchange(registers[lane * kind.n / 2 + column / 2 + i], d[place.row][place.column]);
        }
    };
    if (product.accumulate)
      visit([](u32 word, Wide<T>& sum) { sum = detail::widen_accumulator(std::bit_cast<Element>(word)); });
    detail::multiply_accumulate(d, a, b);
    visit([](u32& word, Wide<T> sum) {
      Element element;
      detail::narrow_accumulator(element, sum);
      word = std::bit_cast<u32>(element);
    });
  }
}

template void multiply<bf16>(WgmmaProduct const&, u32*);
template void multiply<f16>(WgmmaProduct const&, u32*);
template void multiply<tf32>(WgmmaProduct const&, u32*);
template void multiply<f8e4m3>(WgmmaProduct const&, u32*);
template void multiply<i8>(WgmmaProduct const&, u32*);

}  // namespace heddle::emulated
