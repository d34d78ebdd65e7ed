// Fragments: which element of a matrix a thread holds, for mma.sync (a warp) and wgmma (a warpgroup of four warps).
//
// One rule gives them all (PTX ISA, "Matrix Fragments" of mma.m16n8k* and wgmma.mma_async). A word of 4 bytes holds
// `p` = 4 / sizeof(T) neighbours along k; four lanes side by side cover 4 p of them, and the eight groups of four lanes
// cover eight rows. Further words of a lane go 8 rows down first, then 4 p columns to the right. An accumulator of
// any type is laid out like a matrix of pairs, p = 2, so that one of f32, narrowed in pairs, is an A of 16-bit type.
#pragma once

namespace heddle {

/// A place in a matrix.
struct Place {
  int row, column;
  constexpr bool operator==(Place const&) const = default;
};

namespace detail {

/// Neighbours along k that a word holds.
template <class T>
inline constexpr int packed = sizeof(T) < 4 ? 4 / static_cast<int>(sizeof(T)) : 1;

constexpr Place fragment_of_rows(int packed, int thread, int element) {
  int const lane = thread % 32, word = element / packed;
  return {16 * (thread / 32) + lane / 4 + 8 * (word % 2),
          packed * (lane % 4) + element % packed + 4 * packed * (word / 2)};
}

}  // namespace detail

/// Element `element` of A, [m, k], in the registers of a thread: m is 16 and `thread` the lane for mma.sync, m is 64
/// and `thread` the thread of the warpgroup for wgmma. Elements count from the low bits of the first register; T has
/// the width of an element (4 bytes for tf32). Of double, A is [8, 4]: element 0.
template <class T>
constexpr Place a_fragment(int thread, int element) {
  return detail::fragment_of_rows(detail::packed<T>, thread, element);
}

/// The same for B, [k, 8], of mma.sync: `row` counts along k.
template <class T>
constexpr Place b_fragment(int lane, int element) {
  constexpr int packed = detail::packed<T>;
  return {packed * (lane % 4) + element % packed + 4 * packed * (element / packed), lane / 4};
}

/// The same for C and D: [16, 8] of mma.sync, [64, n] of wgmma.
constexpr Place accumulator_fragment(int thread, int element) { return detail::fragment_of_rows(2, thread, element); }

/// Word `lane` of an 8x8 matrix of 16-bit elements, as ldmatrix gives it to the lanes: it holds the element at this
/// place in its low half, and the next of the row in its high half.
constexpr Place matrix_fragment(int lane) { return {lane / 4, lane % 4 * 2}; }

}  // namespace heddle
