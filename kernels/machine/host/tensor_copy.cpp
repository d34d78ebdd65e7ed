#include "kernels/machine/host/tensor_copy.h"

#include <cstring>

#include "kernels/core/error.h"
#include "kernels/machine/host/bulk_copy.h"
#include "kernels/machine/host/reduction.h"
#include "kernels/machine/host/tensor_rows.h"

namespace heddle::emulated {
namespace {

constexpr u32 chunk_bytes = 16;  // that a swizzle moves

template <class... Parts>
[[noreturn]] void refuse(TensorCopy const& copy, Parts const&... parts) {
  fail(copy.name, " at ", describe(copy.where), ": ", parts...);
}

EncodedMap checked_map(TensorCopy const& copy, bool im2col) {
  EncodedMap const map = decoded(copy.name, copy.map);
  if (map.im2col != im2col)
    refuse(copy, "the map describes ", map.im2col ? "an Im2colTensor" : "a TiledTensor", ", this copy takes the other");
  if (map.rank != copy.coordinates.size())
    refuse(copy, "a tensor of rank ", int{map.rank}, " has as many coordinates, not ", copy.coordinates.size());
  return map;
}

/// Offset in the block's window of the shared memory, from which a swizzle counts, of a chunk of a box.
u32 chunk_offset(Swizzle swizzle, u32 box_offset, u32 chunk) { return swizzled(box_offset + chunk, swizzle); }

/// Of a box in shared memory: a swizzle moves chunks within its span, the last of which the box may not fill.
u32 footprint(EncodedMap const& map, Box const& box) { return round_up(box.bytes(), swizzle_span(map.swizzle)); }

/// Bits of the NaN that fills; the hardware's are not documented.
void fill_row(EncodedMap const& map, std::vector<u8>& row) {
  std::fill(row.begin(), row.end(), map.fill == TensorFill::nan ? u8{0xff} : u8{0});
  if (map.fill == TensorFill::zero) return;
  u32 const element = element_bytes(map.type);
  for (std::size_t last = element - 1; last < row.size(); last += element) row[last] = 0x7f;
}

void load_box(TensorCopy const& copy, EncodedMap const& map, Box box, void* shared, MBarrier& barrier, u32 blocks) {
  check_aligned(copy.name, "destination", shared, 128, copy.where);
  Cluster& cluster = Cluster::current(copy.name);
  Block::current(copy.name).check_shared(copy.name, shared, footprint(map, box), copy.where);
  u32 const bytes = box.bytes();
  auto perform = [=, &cluster, box = std::move(box), where = copy.where](Actor issuer, u8* destination) {
    Block& block = cluster.block(issuer.rank);
    u8* const window = destination - reinterpret_cast<std::uintptr_t>(destination) % swizzle_period(map.swizzle);
    auto const start = static_cast<u32>(destination - window);
    std::vector<u8> row(box.row_bytes);
    for (std::size_t i = 0; i < box.rows.size(); ++i) {
      BoxRow const& source = box.rows[i];
      fill_row(map, row);
      if (source.bytes > 0) {
        block.observe_for(issuer.thread, source.data, source.bytes, AccessKind::read, where);
        std::memcpy(row.data() + source.skipped, source.data, source.bytes);
      }
      for (u32 chunk = 0; chunk < box.row_bytes; chunk += chunk_bytes) {
        u8* const to = window + chunk_offset(map.swizzle, start + static_cast<u32>(i) * box.row_bytes, chunk);
        block.observe_for(issuer.thread, to, chunk_bytes, AccessKind::write, where);
        std::memcpy(to, row.data() + chunk, chunk_bytes);
      }
    }
  };
  start_load({copy.name, copy.where, shared, bytes, barrier, blocks, std::move(perform)});
}

using Add = void (*)(void* memory, u8 const* values, u32 bytes);

Add addition(TensorCopy const& copy, TensorType type) {
  switch (type) {
    case TensorType::u32:
      return add_elements<u32>;
    case TensorType::i32:
      return add_elements<i32>;
    case TensorType::u64:
      return add_elements<u64>;
    case TensorType::f32:
      return add_elements<f32>;
    case TensorType::f16:
      return add_elements<f16>;
    case TensorType::bf16:
      return add_elements<bf16>;
    default:
      refuse(copy, "additions are of u32, i32, u64, f32, f16 and bf16: type=", static_cast<int>(type));
  }
}

void put(void* memory, u8 const* values, u32 bytes) { std::memcpy(memory, values, bytes); }

}  // namespace

void load_tile(TensorCopy const& copy, void* shared, MBarrier& barrier, u32 blocks) {
  EncodedMap const map = checked_map(copy, false);
  load_box(copy, map, tiled_box(map, copy.coordinates), shared, barrier, blocks);
}

void load_im2col(TensorCopy const& copy, std::span<unsigned short const> offsets, void* shared, MBarrier& barrier,
                 u32 blocks) {
  EncodedMap const map = checked_map(copy, true);
  load_box(copy, map, im2col_box(map, copy.coordinates, offsets), shared, barrier, blocks);
}

void store_tile(TensorCopy const& copy, void const* shared, bool add) {
  EncodedMap const map = checked_map(copy, false);
  check_aligned(copy.name, "source", shared, 128, copy.where);
  Add const combine = add ? addition(copy, map.type) : put;
  AccessKind const kind = add ? AccessKind::atomic : AccessKind::write;
  Cluster& cluster = Cluster::current(copy.name);
  Box box = tiled_box(map, copy.coordinates);
  auto const start = static_cast<u32>(reinterpret_cast<std::uintptr_t>(shared) % swizzle_period(map.swizzle));
  u32 const bytes = footprint(map, box);
  auto perform = [=, &cluster, box = std::move(box), where = copy.where](Actor issuer, u8 const* values) {
    std::vector<u8> row(box.row_bytes);
    for (std::size_t i = 0; i < box.rows.size(); ++i) {
      BoxRow const& target = box.rows[i];
      if (target.bytes == 0) continue;
      for (u32 chunk = 0; chunk < box.row_bytes; chunk += chunk_bytes) {
        u32 const from = chunk_offset(map.swizzle, start + static_cast<u32>(i) * box.row_bytes, chunk) - start;
        std::memcpy(row.data() + chunk, values + from, chunk_bytes);
      }
      cluster.block(issuer.rank).observe_for(issuer.thread, target.data, target.bytes, kind, where);
      combine(target.data, row.data() + target.skipped, target.bytes);
    }
  };
  start_store({copy.name, copy.where, shared, bytes, std::move(perform)});
}

void check_tile(TensorCopy const& copy) {
  Block::current(copy.name).check_architecture(copy.name, 90);
  checked_map(copy, false);
}

}  // namespace heddle::emulated
