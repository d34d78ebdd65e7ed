// Matrices of 8x8 16-bit elements between shared memory and the registers of a warp (PTX ISA, ldmatrix, stmatrix,
// movmatrix). Bytes are moved, whatever they mean: a row is 16 bytes, of 8-bit elements or of tf32 as well.
//
// Matrix j has its row r at the address that lane 8j + r gives, aligned to 16 bytes; the addresses of lanes beyond the
// last row are not used. Register j of a lane is word `lane` of matrix j, see matrix_fragment
// (kernels/machine/fragment.h). An Error is thrown unless the 32 lanes of a warp come together.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/machine/fragment.h"
#include "kernels/machine/host/aligned.h"

namespace heddle::emulated {

namespace detail {

struct Matrix {
  std::uint16_t elements[8][8];

  u32 word(int lane, bool transposed) const {
    auto const [row, column] = matrix_fragment(lane);
    return transposed ? elements[column][row] | u32{elements[column + 1][row]} << 16
                      : elements[row][column] | u32{elements[row][column + 1]} << 16;
  }
  void set_word(int lane, bool transposed, u32 word) {
    auto const [row, column] = matrix_fragment(lane);
    (transposed ? elements[column][row] : elements[row][column]) = static_cast<std::uint16_t>(word);
    (transposed ? elements[column + 1][row] : elements[row][column + 1]) = static_cast<std::uint16_t>(word >> 16);
  }
};

struct MatrixOperands {
  u32* words;
  void* row;
};

template <int count, bool transposed>
void read_matrices(Request const* requests, unsigned, u64*) {
  check_same_place(requests);
  for (int j = 0; j < count; ++j) {
    Matrix matrix;
    for (int row = 0; row < 8; ++row)
      std::memcpy(matrix.elements[row], operands_of<MatrixOperands>(requests[8 * j + row]).row, 16);
    for (int lane = 0; lane < warp_size; ++lane)
      operands_of<MatrixOperands>(requests[lane]).words[j] = matrix.word(lane, transposed);
  }
}

template <int count, bool transposed>
void write_matrices(Request const* requests, unsigned, u64*) {
  check_same_place(requests);
  for (int j = 0; j < count; ++j) {
    Matrix matrix;
    for (int lane = 0; lane < warp_size; ++lane)
      matrix.set_word(lane, transposed, operands_of<MatrixOperands>(requests[lane]).words[j]);
    for (int row = 0; row < 8; ++row)
      std::memcpy(operands_of<MatrixOperands>(requests[8 * j + row]).row, matrix.elements[row], 16);
  }
}

inline void transpose_matrix(Request const* requests, unsigned, u64* results) {
  check_same_place(requests);
  Matrix matrix;
  for (int lane = 0; lane < warp_size; ++lane) matrix.set_word(lane, false, static_cast<u32>(requests[lane].value));
  for (int lane = 0; lane < warp_size; ++lane) results[lane] = matrix.word(lane, true);
}

template <int count>
inline constexpr Collective ldmatrix = {"ldmatrix", read_matrices<count, false>};
template <int count>
inline constexpr Collective ldmatrix_transposed = {"ldmatrix_transposed", read_matrices<count, true>};
template <int count>
inline constexpr Collective stmatrix = {"stmatrix", write_matrices<count, false>};
template <int count>
inline constexpr Collective stmatrix_transposed = {"stmatrix_transposed", write_matrices<count, true>};
inline constexpr Collective movmatrix = {"movmatrix_transposed", transpose_matrix};

template <int count>
void move_matrices(Collective const& what, int architecture, AccessKind kind, u32* words, void* row,
                   std::source_location where) {
  static_assert(count == 1 || count == 2 || count == 4);
  Block& block = Block::current(what.name);
  block.check_architecture(what.name, architecture);
  if (lane_of_this_thread() < 8 * count) {
    if (reinterpret_cast<std::uintptr_t>(row) % 16 != 0)
      fail(what.name, " at ", describe(where), ": a row must be aligned to 16 bytes: address=", row,
           "; make rows of shared memory multiples of 16 bytes");
    block.check_shared(what.name, row, 16, where);
    block.observe(row, 16, kind, where);
  }
  MatrixOperands const operands = {words, row};
  aligned_collective(what, &operands, where);
}

template <int count>
void load(Collective const& what, u32* words, void const* row, std::source_location where) {
  move_matrices<count>(what, 75, AccessKind::read, words, const_cast<void*>(row), where);
}

template <int count>
void store(Collective const& what, void* row, u32 const* words, std::source_location where) {
  move_matrices<count>(what, 90, AccessKind::write, const_cast<u32*>(words), row, where);
}

}  // namespace detail

/// Reads 1, 2 or 4 matrices: the lane has [lane / 4][lane % 4 * 2] in the low half, and its right neighbour in the
/// high.
template <int count>
void ldmatrix(u32 (&matrices)[count], void const* row, std::source_location where = std::source_location::current()) {
  detail::load<count>(detail::ldmatrix<count>, matrices, row, where);
}

/// The same with each matrix transposed on the way.
template <int count>
void ldmatrix_transposed(u32 (&matrices)[count], void const* row,
                         std::source_location where = std::source_location::current()) {
  detail::load<count>(detail::ldmatrix_transposed<count>, matrices, row, where);
}

/// Writes 1, 2 or 4 matrices: the inverse of ldmatrix. Needs sm_90.
template <int count>
void stmatrix(void* row, u32 const (&matrices)[count], std::source_location where = std::source_location::current()) {
  detail::store<count>(detail::stmatrix<count>, row, matrices, where);
}

/// The inverse of ldmatrix_transposed. Needs sm_90.
template <int count>
void stmatrix_transposed(void* row, u32 const (&matrices)[count],
                         std::source_location where = std::source_location::current()) {
  detail::store<count>(detail::stmatrix_transposed<count>, row, matrices, where);
}

/// The lane's word of the transpose of an 8x8 matrix whose words the lanes give.
inline u32 movmatrix_transposed(u32 word, std::source_location where = std::source_location::current()) {
  return static_cast<u32>(detail::collective(detail::movmatrix, ~0u, word, detail::lane_of_this_thread(), where));
}

}  // namespace heddle::emulated
