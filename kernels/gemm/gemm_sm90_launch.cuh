// Launching the products on Hopper: maps of their operands, and as many blocks as have tiles.
#pragma once

#include <algorithm>
#include <concepts>

#include "kernels/gemm/gemm_sm90_config.h"
#include "kernels/gemm/gemm_tensor_core.h"
#include "kernels/machine/machine.cuh"
#include "kernels/machine/tensor_map.h"

namespace heddle::HEDDLE_BACKEND {

/// Matrices as they are stored: lines of `length` neighbours, `leading` elements after each other.
struct StoredLines {
  i64 lines, length, leading;
  i64 matrices = 1, stride = 0;  // between matrices: 0 where all are one
};

/// What copies take T for: f32 is rounded to tf32.
template <class T>
constexpr TensorType tensor_type_of = std::same_as<T, f16>    ? TensorType::f16
                                      : std::same_as<T, bf16> ? TensorType::bf16
                                      : std::same_as<T, f32>  ? TensorType::tf32
                                                              : TensorType::u8;

/// [matrix, line, element of a line], in boxes of box_lines lines of 128 bytes.
template <class T>
TensorMap map_lines(T const* data, StoredLines const& of, int box_lines) {
  bool const many = of.matrices > 1 && of.stride > 0;
  i64 const matrices = many ? of.matrices : 1, stride = many ? of.stride : of.leading;
  return make_tensor_map(
      data,
      TiledTensor{.type = tensor_type_of<T>,
                  .rank = 3,
                  .sizes = {static_cast<u64>(of.length), static_cast<u64>(of.lines), static_cast<u64>(matrices)},
                  .strides_bytes = {static_cast<u64>(of.leading) * sizeof(T), static_cast<u64>(stride) * sizeof(T)},
                  .box = {128 / sizeof(T), static_cast<u32>(box_lines), 1},
                  .swizzle = Swizzle::bytes_128,
                  .l2_promotion = L2Promotion::bytes_256});
}

/// Lines of A or B of a stage: `length` of them, as many as there are rows of A or columns of B, where k is within the
/// line, else those along k.
template <class T>
TensorMap map_operand(T const* data, StoredLines const& of, Major major, int length) {
  return map_lines(data, of, major == Major::k ? length : 128 / static_cast<int>(sizeof(T)));
}

/// Launches a GemmSm90 on at most `blocks` blocks.
template <class Kernel>
void launch_gemm_sm90(typename Kernel::Layout::Operands const& operands, GemmTiles const& tiles,
                      EpilogueOutput const& output, int blocks, Stream stream, char const* name) {
  using Layout = typename Kernel::Layout;
  using T = typename Layout::Type;
  bool const copied =
      !output.scattered && writes_in_rows<T>(output);  // tensor copies have lines that follow each other
  StoredLines const d = {output.m, output.n, output.ldd, tiles.batch, output.stride_d};
  i64 const clusters = std::min<i64>(tiles.count(), blocks / Layout::cluster);
  launch<Kernel>(dim3(static_cast<unsigned>(clusters * Layout::cluster)),
                 {.operands = operands,
                  .tiles = tiles,
                  .output = output,
                  .copied = copied,
                  .d = copied ? map_lines(static_cast<T const*>(output.d), d, Layout::consumer_rows) : TensorMap{}},
                 stream, name);
}

}  // namespace heddle::HEDDLE_BACKEND
