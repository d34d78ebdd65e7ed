#include <cstring>

#include "kernels/machine/host/bulk_copy.h"
#include "kernels/machine/host/tensor_box.h"

namespace heddle::emulated {
namespace {

/// Bits of the NaN that fills; the hardware's are not documented.
void fill_row(EncodedMap const& map, std::vector<u8>& row) {
  std::fill(row.begin(), row.end(), map.fill == TensorFill::nan ? u8{0xff} : u8{0});
  if (map.fill == TensorFill::zero) return;
  u32 const element = element_bytes(map.type);
  for (std::size_t last = element - 1; last < row.size(); last += element) row[last] = 0x7f;
}

/// f32 to the nearest of 10 mantissa bits, to even; infinities and NaN stay as they are.
void round_to_tf32(u8* elements, u32 bytes) {
  for (u32 i = 0; i < bytes; i += sizeof(u32)) {
    u32 bits;
    std::memcpy(&bits, elements + i, sizeof bits);
    if ((bits & 0x7f800000u) == 0x7f800000u) continue;
    bits = detail::shift_rounded(bits, 13) << 13;
    std::memcpy(elements + i, &bits, sizeof bits);
  }
}

void load(TensorCopy const& copy, CheckedBox box, void* shared, MBarrier& barrier, u32 blocks) {
  check_aligned(copy.name, "destination", shared, 128, copy.where);
  Cluster& cluster = Cluster::current(copy.name);
  Block::current(copy.name).check_shared(copy.name, shared, box.footprint(), copy.where);
  u32 const bytes = box.box.bytes();
  auto perform = [=, &cluster, box = std::move(box), where = copy.where](Actor issuer, u8* destination) {
    auto const& [map, rows] = box;
    Block& block = cluster.block(issuer.rank);
    u8* const window = destination - reinterpret_cast<std::uintptr_t>(destination) % swizzle_period(map.swizzle);
    auto const start = static_cast<u32>(destination - window);
    std::vector<u8> row(rows.row_bytes);
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      BoxRow const& source = rows.rows[i];
      fill_row(map, row);
      if (source.bytes > 0) {
        block.observe_for(issuer.thread, source.data, source.bytes, AccessKind::read, where);
        std::memcpy(row.data() + source.skipped, source.data, source.bytes);
        if (map.type == TensorType::tf32) round_to_tf32(row.data() + source.skipped, source.bytes);
      }
      for (u32 chunk = 0; chunk < rows.row_bytes; chunk += chunk_bytes) {
        u8* const to = window + swizzled(start + static_cast<u32>(i) * rows.row_bytes + chunk, map.swizzle);
        block.observe_for(issuer.thread, to, chunk_bytes, AccessKind::write, where);
        std::memcpy(to, row.data() + chunk, chunk_bytes);
      }
    }
  };
  start_load({copy.name, copy.where, shared, bytes, barrier, blocks, std::move(perform)});
}

}  // namespace

void load_tile(TensorCopy const& copy, void* shared, MBarrier& barrier, u32 blocks) {
  load(copy, tile_of(copy), shared, barrier, blocks);
}

void load_im2col(TensorCopy const& copy, std::span<unsigned short const> offsets, void* shared, MBarrier& barrier,
                 u32 blocks) {
  load(copy, pixels_of(copy, offsets), shared, barrier, blocks);
}

}  // namespace heddle::emulated
