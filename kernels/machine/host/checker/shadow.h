// Who has last touched each byte of memory: four records for every four bytes.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <unordered_map>

#include "kernels/core/types.h"

namespace heddle::emulated {

struct Record {
  u32 step = 0;  // of the agent; 0: none
  u32 cluster = 0;
  u32 site = 0;  // number of the place in the kernel
  u16 agent = 0;
  u8 bytes = 0;  // a bit for each of the four
  bool writes : 1 = false;
  bool atomic : 1 = false;
  bool async_proxy : 1 = false;  // by a bulk copy or wgmma
};

/// Four bytes, at an address that is a multiple of four.
struct Cell {
  std::array<Record, 4> records;
  u8 written = 0;      // a bit for each byte that has been written
  u8 next_victim = 0;  // the record that gives way when all are taken

  /// Puts the record in place of those that it makes needless, of no further bytes: of the same agent and kind, or such
  /// that `is_before` it and races with no more than it does: a read need not outlive a write, nor an atomic write a
  /// plain one. Where there is none, another one is lost, a read before a write.
  template <class IsBefore>
  void add(Record const& record, IsBefore is_before);
};

class Shadow {
 public:
  Cell& cell(u64 address);
  void clear() { *this = {}; }
  /// Forgets a range, whose ends are multiples of four.
  void forget(std::span<u8 const> range);

 private:
  static constexpr u64 page_bytes = 4096;
  using Page = std::array<Cell, page_bytes / 4>;
  std::unordered_map<u64, std::unique_ptr<Page>> pages_;
  struct Recent {
    u64 number = 0;
    Page* page = nullptr;
  };
  std::array<Recent, 256> recent_;
};

template <class IsBefore>
void Cell::add(Record const& record, IsBefore is_before) {
  Record* free = nullptr;
  for (Record& old : records) {
    bool const covered = (old.bytes & ~record.bytes) == 0;
    bool const races_with_all = (record.writes || !old.writes) && (!record.atomic || old.atomic);
    bool const same = old.agent == record.agent && old.cluster == record.cluster && old.writes == record.writes &&
                      old.atomic == record.atomic && old.step <= record.step;
    if (old.step == 0 || (covered && (same || (races_with_all && is_before(old))))) {
      if (free != nullptr)
        old.step = 0;
      else
        free = &old;
    }
  }
  if (free == nullptr) {
    auto const reads = [](Record const& old) { return !old.writes; };
    bool const all_write = std::ranges::none_of(records, reads);
    do next_victim = (next_victim + 1) % 4;
    while (!all_write && !reads(records[next_victim]));
    free = &records[next_victim];
  }
  *free = record;
}

}  // namespace heddle::emulated
