#include <cstring>

#include "kernels/machine/host/bulk_copy.h"
#include "kernels/machine/host/reduction.h"
#include "kernels/machine/host/tensor_box.h"

namespace heddle::emulated {
namespace {

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

void store(TensorCopy const& copy, CheckedBox box, void const* shared, bool add) {
  check_aligned(copy.name, "source", shared, 128, copy.where);
  Add const combine = add ? addition(copy, box.map.type) : put;
  AccessKind const kind = add ? AccessKind::atomic : AccessKind::write;
  Cluster& cluster = Cluster::current(copy.name);
  auto const start = static_cast<u32>(reinterpret_cast<std::uintptr_t>(shared) % swizzle_period(box.map.swizzle));
  u32 const bytes = box.footprint();
  auto perform = [=, &cluster, box = std::move(box), where = copy.where](Actor issuer, u8 const* values) {
    auto const& [map, rows] = box;
    std::vector<u8> row(rows.row_bytes);
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      BoxRow const& target = rows.rows[i];
      if (target.bytes == 0) continue;
      for (u32 chunk = 0; chunk < rows.row_bytes; chunk += chunk_bytes) {
        u32 const from = swizzled(start + static_cast<u32>(i) * rows.row_bytes + chunk, map.swizzle) - start;
        std::memcpy(row.data() + chunk, values + from, chunk_bytes);
      }
      cluster.block(issuer.rank).observe_for(issuer.thread, target.data, target.bytes, kind, where);
      combine(target.data, row.data() + target.skipped, target.bytes);
    }
  };
  start_store({copy.name, copy.where, shared, bytes, std::move(perform)});
}

}  // namespace

void store_tile(TensorCopy const& copy, void const* shared, bool add) { store(copy, tile_of(copy), shared, add); }

void store_im2col(TensorCopy const& copy, void const* shared, bool add) {
  constexpr unsigned short no_offsets[max_tensor_rank - 2] = {};
  store(copy, pixels_of(copy, no_offsets), shared, add);
}

}  // namespace heddle::emulated
